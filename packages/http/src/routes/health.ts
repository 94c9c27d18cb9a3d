import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { type Log, silentLog } from "@tamis/core";
import { countOpenPipelineRuns } from "@tamis/storage";
import type { AppEnv, Services } from "../services.ts";
import type { Serving } from "../serving.ts";
import { json } from "./answers.ts";

const Health = z.object({ status: z.literal("ok"), environment: z.string() }).openapi("Health");
const Check = z.object({
  status: z.enum(["ok", "none", "stale", "error"]).openapi({
    description: "none: there is nothing yet; stale: the one before is served; error: it cannot answer.",
  }),
  detail: z.string().optional(),
});
const Readiness = z
  .object({
    status: z.enum(["ready", "not_ready"]),
    checks: z.object({
      records: Check.extend({ schema_version: z.number().int().optional() }),
      queue: Check.extend({
        queued: z.number().int().optional().openapi({ description: "Runs that wait for a worker." }),
        running: z.number().int().optional(),
      }),
      model: Check.extend({ version: z.number().int().optional() }),
      jobs: Check.extend({
        crashes: z
          .number()
          .int()
          .optional()
          .openapi({ description: "How often the thread had to be restarted." }),
      }),
    }),
  })
  .openapi("Readiness");
export type Readiness = z.infer<typeof Readiness>;

const get = (path: string, summary: string) =>
  createRoute({ method: "get", path, summary, responses: { 200: json("It answers", Health) } });

const livez = createRoute({
  method: "get",
  path: "/livez",
  summary: "The process answers",
  responses: { 200: json("It does", z.object({ status: z.literal("alive") })) },
});

const readyz = createRoute({
  method: "get",
  path: "/readyz",
  summary: "Everything needed to answer is there",
  responses: { 200: json("Ready", Readiness), 503: json("Not ready", Readiness) },
});

/** @param draining - fires when the service stops: it is not ready any more. */
export function healthRoutes(
  services: Services,
  serving: Serving,
  draining: AbortSignal,
): OpenAPIHono<AppEnv> {
  const { environment } = services;
  const routes = new OpenAPIHono<AppEnv>();
  for (const path of ["/health", "/api/health"]) {
    routes.openapi(get(path, "The service answers"), (context) =>
      context.json({ status: "ok" as const, environment }, 200),
    );
  }
  routes.openapi(livez, (context) => context.json({ status: "alive" as const }, 200));
  routes.openapi(readyz, async (context) => {
    const readiness = await readReadiness(services, serving);
    const ready = readiness.status === "ready" && !draining.aborted;
    return context.json({ ...readiness, status: ready ? "ready" : "not_ready" } as const, ready ? 200 : 503);
  });
  return routes;
}

/** Looks at everything that is needed to answer. Never rejects. */
export async function readReadiness(services: Services, serving: Serving): Promise<Readiness> {
  const { log = silentLog } = services;
  const [records, queue, model] = await Promise.all([
    checkRecords(services, log),
    checkQueue(services, log),
    checkModel(serving),
  ]);
  const checks = { records, queue, model, jobs: checkJobs(services) };
  const ready = Object.values(checks).every(({ status }) => status !== "error");
  return { status: ready ? "ready" : "not_ready", checks };
}

async function checkRecords({ tamis }: Services, log: Log): Promise<Readiness["checks"]["records"]> {
  try {
    const { version } = await tamis.records
      .selectFrom("schema_version")
      .select(({ fn }) => fn.max("version").as("version"))
      .executeTakeFirstOrThrow();
    return { status: "ok", schema_version: Number(version) };
  } catch (error) {
    log.error("records not readable", { error });
    return { status: "error", detail: "The records cannot be read; the log has the cause." };
  }
}

async function checkQueue({ tamis }: Services, log: Log): Promise<Readiness["checks"]["queue"]> {
  try {
    return { status: "ok", ...(await countOpenPipelineRuns(tamis.records)) };
  } catch (error) {
    log.error("queue not readable", { error });
    return { status: "error", detail: "The runs that wait cannot be read; the log has the cause." };
  }
}

/** A thread that crashed is started again and keeps nobody from being answered. */
function checkJobs({ jobs }: Services): Readiness["checks"]["jobs"] {
  if (jobs === undefined) return { status: "none", detail: "Runs are left to other workers: tamis worker." };
  const { status, crashes } = jobs.health();
  if (status !== "crashed") return { status: "ok", crashes };
  return {
    status: "stale",
    crashes,
    detail: "The thread ended and is started again; the log has the cause.",
  };
}

async function checkModel(serving: Serving): Promise<Readiness["checks"]["model"]> {
  const { served, failure } = await serving.state();
  const version = served && { version: served.version.version };
  if (failure) return { status: served ? "stale" : "error", detail: failure, ...version };
  if (served) return { status: "ok", ...version };
  return { status: "none", detail: "No model was promoted yet: answers are by popularity and genre." };
}
