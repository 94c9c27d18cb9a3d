import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { listPipelineRuns } from "@tamis/storage";
import { needs } from "../authorise.ts";
import type { Metrics } from "../metrics.ts";
import type { RecommendationLog } from "../recommendation-log.ts";
import { serviceFigures } from "../service-figures.ts";
import { type AppEnv, modelName, type Services } from "../services.ts";
import type { Serving } from "../serving.ts";
import { verdictOf } from "../training-status.ts";
import { json, problems } from "./answers.ts";
import { days, RecommendationQuality, recommendationQuality } from "./monitoring-recommendations.ts";

const milliseconds = z.number().nullable();

const MonitoringStats = z
  .object({
    service: z.object({
      started_at: z.string(),
      requests: z.number().int().openapi({ description: "Answered since the start, by this process." }),
      refused: z.number().int().openapi({ description: "Answered with 400 to 499." }),
      failed: z.number().int().openapi({ description: "Answered with 500 or above." }),
      latency_ms: z
        .object({ p50: milliseconds, p95: milliseconds, p99: milliseconds })
        .openapi({ description: "Of all requests, interpolated in the histogram of /metrics." }),
      recommendations_not_logged: z.number().int().openapi({
        description: "Lists that the log had no room for while the records did not take them.",
      }),
    }),
    model: z
      .object({
        name: z.string(),
        version: z.number().int(),
        algorithm: z.string(),
        created_at: z.string(),
        age_days: z.number(),
        metrics: z.record(z.string(), z.number()),
      })
      .nullable(),
    recommendations: RecommendationQuality,
    trainings: z
      .array(
        z.object({
          run_id: z.string(),
          status: z.string(),
          started_at: z.string().nullable(),
          ended_at: z.string().nullable(),
          reason: z.string().nullable().openapi({ description: "The verdict, or why it failed." }),
        }),
      )
      .openapi({ description: "The last five, the latest first." }),
  })
  .openapi("MonitoringStats");

const get = createRoute({
  method: "get",
  path: "/monitoring/stats",
  ...needs("monitoring:read"),
  summary: "How the service fares",
  request: { query: z.strictObject({ days }) },
  responses: { 200: json("The figures", MonitoringStats), ...problems("unauthenticated", "invalid_input") },
});

/** How many trainings are shown. */
const shownTrainings = 5;

export function monitoringStatsRoutes(
  services: Services,
  tools: {
    readonly metrics: Metrics;
    readonly serving: Serving;
    readonly recommendationLog: RecommendationLog;
  },
): OpenAPIHono<AppEnv> {
  const { now = () => new Date() } = services;
  const startedAt = now();
  const routes = new OpenAPIHono<AppEnv>();
  for (const route of [get, createRoute({ ...get, path: "/monitoring/stats/", hide: true })]) {
    routes.openapi(route, async (context) => {
      const { requests, refused, failed, latency } = await serviceFigures(tools.metrics);
      return context.json(
        {
          service: {
            started_at: startedAt.toISOString(),
            requests,
            refused,
            failed,
            latency_ms: latency,
            recommendations_not_logged: tools.recommendationLog.dropped(),
          },
          model: await modelFigures(),
          recommendations: await recommendationQuality(services, context.req.valid("query").days),
          trainings: await lastTrainings(services),
        },
        200,
      );
    });
  }
  return routes;

  async function modelFigures() {
    const { served } = await tools.serving.state();
    if (served === undefined) return null;
    const { version, algorithm, createdAt, metrics } = served.version;
    return {
      name: modelName(services),
      version,
      algorithm,
      created_at: createdAt.toISOString(),
      age_days: Math.round((now().getTime() - createdAt.getTime()) / 864_000) / 100,
      metrics: { ...metrics },
    };
  }
}

async function lastTrainings({ tamis }: Services) {
  const runs = await listPipelineRuns(tamis.records, { pipeline: "training", limit: shownTrainings });
  return await Promise.all(
    runs.map(async ({ runId, status, startedAt, endedAt, failure }) => {
      const verdict = await verdictOf(tamis.records, runId);
      return {
        run_id: runId,
        status,
        started_at: startedAt?.toISOString() ?? null,
        ended_at: endedAt?.toISOString() ?? null,
        reason: failure?.message ?? verdict?.reason ?? null,
      };
    }),
  );
}
