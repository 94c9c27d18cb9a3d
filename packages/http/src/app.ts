import { createHash } from "node:crypto";
import { OpenAPIHono } from "@hono/zod-openapi";
import { silentLog } from "@tamis/core";
import { driftReportStyle } from "@tamis/ml";
import type { Context } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { secureHeaders } from "hono/secure-headers";
import { assetRoutes } from "./assets.ts";
import { checkGuards } from "./authorise.ts";
import { dashboardRoutes } from "./dashboard/dashboard-routes.tsx";
import { loginRoutes } from "./dashboard/login-routes.tsx";
import { answerProblemPage } from "./dashboard/problem-page.tsx";
import { openDoors } from "./doors.ts";
import { revalidateJson } from "./etag.ts";
import { limitBody } from "./limit-body.ts";
import { createMetrics } from "./metrics.ts";
import { observe } from "./observe.ts";
import { createPredictor } from "./predictor.ts";
import {
  answerInvalid,
  answerProblem,
  type Problem,
  problem,
  problemOf,
  problemResponse,
} from "./problem.ts";
import { createRecommendationLog } from "./recommendation-log.ts";
import { auditRoutes } from "./routes/audit.ts";
import { driftRoutes } from "./routes/drift.ts";
import { explainRoutes } from "./routes/explain.ts";
import { healthRoutes } from "./routes/health.ts";
import { itemRoutes } from "./routes/items.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { mlflowPrefixes, mlflowRoutes } from "./routes/mlflow/mlflow.ts";
import { mlflowErrors } from "./routes/mlflow/mlflow-errors.ts";
import { modelRoutes } from "./routes/models.ts";
import { monitoringRecommendationRoutes } from "./routes/monitoring-recommendations.ts";
import { monitoringStatsRoutes } from "./routes/monitoring-stats.ts";
import { openApiRoutes } from "./routes/openapi.ts";
import { predictRoutes } from "./routes/predict.ts";
import { predictBatchRoutes } from "./routes/predict-batch.ts";
import { ratingRoutes } from "./routes/ratings.ts";
import { statsRoutes } from "./routes/stats.ts";
import { tokenRoutes } from "./routes/tokens.ts";
import { trainingRoutes } from "./routes/training.ts";
import type { AppEnv, Services } from "./services.ts";
import { createServing } from "./serving.ts";

/** The largest body accepted, in bytes. */
export const maxBodyBytes = 1_048_576;

/** The service as a Hono app: `app.request(…)` calls it without a socket, `serve(app)` listens. */
export interface App extends OpenAPIHono<AppEnv> {
  /** Whether every door but health asks for a token. */
  readonly requiresToken: boolean;
  /** Says from now on that it is not ready, and ends event streams: the first thing of a shutdown. */
  drain(): void;
  /** Writes what is still to be remembered. Call it after the last request, before the stores are closed. */
  close(): Promise<void>;
}

/**
 * Puts the service together. Nothing is read or opened before the first request.
 *
 * @throws configuration for a token hash that is none, or a route that no action guards
 */
export function createApp(services: Services): App {
  const { environment, log = silentLog, now = () => new Date() } = services;
  const metrics = createMetrics();
  const doors = openDoors(services, log, now);
  const serving = createServing(services, metrics);
  const recommendationLog = createRecommendationLog(services.tamis.records, { log });
  const predictor = createPredictor(services, serving, { metrics, recommendationLog });
  const app = new OpenAPIHono<AppEnv>({
    defaultHook: (result, context) =>
      result.success ? undefined : answerInvalid(context, result.target, result.error),
  });

  app.use(observe({ log, metrics, newId: services.newId ?? (() => crypto.randomUUID()) }));
  app.use(secureHeaders(headers));
  for (const prefix of mlflowPrefixes) app.use(`${prefix}/*`, mlflowErrors);
  for (const middleware of doors.middleware) app.use(middleware);
  app.use(methodNotAllowed({ app, onMethodNotAllowed: answerMethodNotAllowed }));
  app.use(limitBody(maxBodyBytes, answerTooLarge));
  app.use(revalidateJson);

  const draining = new AbortController();
  app.route("/", healthRoutes(services, serving, draining.signal));
  app.route("/", metricsRoutes(services, metrics));
  app.route("/", predictRoutes(serving, predictor));
  app.route("/", predictBatchRoutes(services, serving, predictor));
  app.route("/", itemRoutes(services));
  app.route("/", explainRoutes(services, serving));
  app.route("/", trainingRoutes(services, draining.signal));
  app.route("/", ratingRoutes(services));
  app.route("/", statsRoutes(services));
  app.route("/", modelRoutes(services));
  app.route("/", driftRoutes(services));
  app.route("/", monitoringRecommendationRoutes(services));
  app.route("/", monitoringStatsRoutes(services, { metrics, serving, recommendationLog }));
  app.route("/", mlflowRoutes(services));
  app.route("/", tokenRoutes(services));
  app.route("/", auditRoutes(services));
  app.route("/", assetRoutes());
  app.route("/", loginRoutes(services, doors));
  app.route("/", dashboardRoutes({ services, serving, metrics, now }));
  app.route("/", openApiRoutes(app));
  checkGuards(app.routes);

  const answer = (context: Context<AppEnv>, body: Problem) =>
    context.req.header("Accept")?.includes("text/html")
      ? answerProblemPage(context, body, environment)
      : problemResponse(context, body);
  app.notFound((context) =>
    answer(
      context,
      problem("not_found", `There is nothing at ${context.req.path}.`, context.get("requestId")),
    ),
  );
  app.onError((error, context) => {
    const requestId = context.get("requestId");
    const body = problemOf(error, requestId);
    if (body.status >= 500) log.error("request failed", { requestId, path: context.req.path, error });
    return answer(context, body);
  });
  const close = async () => {
    await Promise.all([recommendationLog.flush(), doors.close()]);
  };
  const { requiresToken } = doors;
  return Object.assign(app, { requiresToken, drain: () => draining.abort(), close });
}

/** A report on drift carries its style with it. */
const reportStyle = `'sha256-${createHash("sha256").update(driftReportStyle).digest("base64")}'`;

/** Pages use stylesheets and scripts of our own, none of them inline, and speak to nobody else; nothing may frame them. */
const headers = {
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'", reportStyle],
    scriptSrc: ["'self'"],
    connectSrc: ["'self'"],
    imgSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
  xFrameOptions: "DENY",
  strictTransportSecurity: false,
};

function answerMethodNotAllowed(context: Context<AppEnv>, allowed: readonly string[]): Response {
  context.header("Allow", allowed.join(", "));
  return answerProblem(context, "method_not_allowed", `Here is only: ${allowed.join(", ")}.`);
}

function answerTooLarge(context: Context<AppEnv>): Response {
  context.header("Connection", "close");
  return answerProblem(context, "payload_too_large", `A body has at most ${maxBodyBytes} bytes.`);
}
