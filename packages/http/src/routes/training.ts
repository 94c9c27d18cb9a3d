import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { PipelineRun } from "@tamis/core";
import { TrainingConfig } from "@tamis/ml";
import { streamSSE } from "hono/streaming";
import { needs } from "../authorise.ts";
import type { AppEnv, Services } from "../services.ts";
import { streamRun } from "../stream-run.ts";
import { callerOf, trainingJobs } from "../training-jobs.ts";
import { readTrainingStatus, verdictOf } from "../training-status.ts";
import { json, problems } from "./answers.ts";

const Figures = z.record(z.string(), z.number()).nullable();

const Started = z
  .object({
    status: z.literal("started"),
    message: z.string(),
    run_id: z.string().openapi({ description: "Of the job: GET /training/{id}, /training/{id}/events." }),
    metrics: Figures.openapi({ description: "Of the last training that finished." }),
  })
  .openapi("TrainingStarted");

const ProgressAnswer = z.object({
  phase: z.string(),
  done: z.number(),
  total: z.number().optional(),
  unit: z.string(),
});
const Failure = z.object({ code: z.string(), message: z.string() });
const Role = z.object({
  best: z.string().openapi({ description: "The best algorithm." }),
  version: z.number().int().nullable().openapi({ description: "null when it was not promoted." }),
  promoted: z.boolean(),
  forced: z.boolean(),
  reason: z.string(),
});
const VerdictAnswer = Role.extend({
  run_id: z.string().openapi({ description: "Of the tracked run, with its metrics and parameters." }),
  metrics: z.record(z.string(), z.number()),
  timings: z.record(z.string(), z.number()).openapi({ description: "In seconds." }),
  roles: z.array(Role.extend({ role: z.string() })),
}).openapi("TrainingVerdict", {
  description: "What a training came to; that a candidate was refused is an answer too.",
});
type VerdictAnswer = z.infer<typeof VerdictAnswer>;

const Status = z
  .object({
    status: z.enum(["idle", "training", "completed", "error"]),
    message: z.string().openapi({ description: "The verdict in a sentence, when it is completed." }),
    run_id: z.string().nullable(),
    progress: ProgressAnswer.nullable(),
    metrics: Figures.openapi({ description: "Of the last training that finished." }),
    verdict: VerdictAnswer.nullable().openapi({ description: "Of the last training that finished." }),
    started_at: z.string().nullable(),
    ended_at: z.string().nullable(),
  })
  .openapi("TrainingStatus");

const Training = z
  .object({
    run_id: z.string(),
    status: z.enum(["queued", "running", "finished", "failed", "cancelled"]),
    cancel_requested: z.boolean(),
    config: z.record(z.string(), z.unknown()),
    progress: ProgressAnswer.nullable(),
    verdict: VerdictAnswer.nullable(),
    failure: Failure.nullable(),
    worker: z.string().nullable(),
    created_at: z.string(),
    started_at: z.string().nullable(),
    ended_at: z.string().nullable(),
    steps: z.array(
      z.object({
        step: z.string(),
        attempt: z.number().int(),
        status: z.string(),
        started_at: z.string(),
        ended_at: z.string().nullable(),
        failure: Failure.nullable(),
      }),
    ),
  })
  .openapi("Training");

/** The configuration of the pipeline, whose JSON of any depth OpenAPI cannot describe. */
const TrainingBody = TrainingConfig.extend({
  options: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
});

const start = createRoute({
  method: "post",
  path: "/training/",
  ...needs("training:start"),
  summary: "Start a training",
  request: {
    body: { content: { "application/json": { schema: TrainingBody.openapi("TrainingRequest") } } },
  },
  responses: {
    200: json("It waits for a worker", Started),
    ...problems(
      "malformed_request",
      "unauthenticated",
      "forbidden",
      "conflict",
      "payload_too_large",
      "unsupported_media_type",
      "invalid_input",
    ),
  },
});

const status = createRoute({
  method: "get",
  path: "/training/status",
  ...needs("training:read"),
  summary: "How training stands",
  responses: { 200: json("How it stands", Status), ...problems("unauthenticated") },
});

const params = z.object({ id: z.string().min(1).max(100) });

const show = createRoute({
  method: "get",
  path: "/training/{id}",
  ...needs("training:read"),
  summary: "One training",
  request: { params },
  responses: { 200: json("The training", Training), ...problems("unauthenticated", "not_found") },
});

const events = createRoute({
  method: "get",
  path: "/training/{id}/events",
  ...needs("training:read"),
  summary: "What happens in a training, as it happens",
  request: { params },
  responses: {
    200: {
      description: [
        "Events `step`, `progress`, `verdict` and, last, `end`. All but `progress` have an id; send the last one you",
        "have as Last-Event-ID to go on after it. A comment every 15 seconds keeps the connection open.",
      ].join(" "),
      content: { "text/event-stream": { schema: z.string() } },
    },
    ...problems("unauthenticated", "not_found"),
  },
});

const cancel = createRoute({
  method: "post",
  path: "/training/{id}/cancel",
  ...needs("training:cancel"),
  summary: "Cancel a training",
  request: { params },
  responses: {
    200: json("It is cancelled, or will be within seconds", Training),
    ...problems("unauthenticated", "forbidden", "not_found", "conflict"),
  },
});

/** @param closing - ends the streams, so that the service can stop. */
export function trainingRoutes(services: Services, closing: AbortSignal): OpenAPIHono<AppEnv> {
  const { records } = services.tamis;
  const jobs = trainingJobs(services);
  const routes = new OpenAPIHono<AppEnv>();

  for (const route of [start, createRoute({ ...start, path: "/training", hide: true })]) {
    routes.openapi(route, async (context) => {
      // Without a body nothing was checked, and the defaults count.
      const config = TrainingConfig.parse(context.req.valid("json") ?? {});
      const run = await jobs.start(config, callerOf(context));
      const { verdict } = await readTrainingStatus(records);
      return context.json(
        {
          status: "started" as const,
          message: `The training was started. Follow it: GET /training/${run.runId}/events`,
          run_id: run.runId,
          metrics: verdict && { ...verdict.metrics },
        },
        200,
      );
    });
  }
  for (const route of [status, createRoute({ ...status, path: "/training/status/", hide: true })]) {
    routes.openapi(route, async (context) => {
      const { status, message, run, verdict } = await readTrainingStatus(records);
      return context.json(
        {
          status,
          message,
          run_id: run?.runId ?? null,
          progress: run?.progress ?? null,
          metrics: verdict && { ...verdict.metrics },
          verdict: verdict as VerdictAnswer | null,
          started_at: run?.startedAt?.toISOString() ?? null,
          ended_at: run?.endedAt?.toISOString() ?? null,
        },
        200,
      );
    });
  }
  return routes
    .openapi(show, async (context) => {
      const run = await jobs.find(context.req.valid("param").id);
      return context.json(await answer(run), 200);
    })
    .openapi(events, async (context) => {
      const { runId } = await jobs.find(context.req.valid("param").id);
      const seen = Number(context.req.header("Last-Event-ID") ?? 0);
      context.header("Cache-Control", "no-store");
      context.header("X-Accel-Buffering", "no");
      return streamSSE(context, async (stream) => {
        const signal = AbortSignal.any([closing, context.req.raw.signal]);
        for await (const message of streamRun(records, runId, { seen, signal })) {
          if (stream.aborted) return;
          await ("comment" in message ? stream.write(`: ${message.comment}\n\n`) : stream.writeSSE(message));
        }
      });
    })
    .openapi(cancel, async (context) => {
      const run = await jobs.cancel(context.req.valid("param").id, callerOf(context));
      return context.json(await answer(run), 200);
    });

  async function answer(run: PipelineRun): Promise<z.infer<typeof Training>> {
    return {
      run_id: run.runId,
      status: run.status,
      cancel_requested: run.cancelRequested,
      config: { ...run.config },
      progress: run.progress,
      verdict: (await verdictOf(records, run.runId)) as VerdictAnswer | null,
      failure: run.failure,
      worker: run.worker,
      created_at: run.createdAt.toISOString(),
      started_at: run.startedAt?.toISOString() ?? null,
      ended_at: run.endedAt?.toISOString() ?? null,
      steps: run.steps.map(({ step, attempt, status, startedAt, endedAt, failure }) => ({
        step,
        attempt,
        status,
        started_at: startedAt.toISOString(),
        ended_at: endedAt?.toISOString() ?? null,
        failure,
      })),
    };
  }
}
