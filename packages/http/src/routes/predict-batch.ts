import { setImmediate as nextTurn } from "node:timers/promises";
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { type Id, Id as IdSchema, isTamisError } from "@tamis/core";
import { runTracker } from "@tamis/storage";
import { needs } from "../authorise.ts";
import { predictionRow, predictionTableHead } from "../predictions-file.ts";
import type { Predictor } from "../predictor.ts";
import { type AppEnv, modelName, type Services } from "../services.ts";
import type { Recommendations, Serving } from "../serving.ts";
import { json, problems } from "./answers.ts";

const BatchBody = z
  .strictObject({
    user_ids: z.array(IdSchema).min(1).max(1000),
    top_n: z.number().int().min(1).max(50).default(5),
  })
  .openapi("PredictBatchRequest");

const batch = createRoute({
  method: "post",
  path: "/predict/batch",
  ...needs("runs:write"),
  summary: "Recommend items to many users, into files",
  request: { body: { required: true, content: { "application/json": { schema: BatchBody } } } },
  responses: {
    200: json(
      "The lists were made",
      z
        .object({
          status: z.literal("success"),
          message: z.string(),
          users_processed: z.number().int().openapi({
            description: "Of different users; those for whom nothing is left are not among them.",
          }),
          predictions_dir: z.string().openapi({
            description: "Where the files user_ID_top_N.csv (movie, score) are, in the object store.",
          }),
          run_id: z.string().openapi({
            description: "The run that describes the batch; its file predictions.csv has all the lists.",
          }),
          model_version: z.number().int().nullable(),
        })
        .openapi("PredictBatch"),
    ),
    ...problems(
      "malformed_request",
      "unauthenticated",
      "not_found",
      "payload_too_large",
      "unsupported_media_type",
      "invalid_input",
      "unavailable",
    ),
  },
});

/** Batches: all lists of one are made by the same model, also when another is promoted meanwhile. */
export function predictBatchRoutes(
  services: Services,
  serving: Serving,
  predictor: Predictor,
): OpenAPIHono<AppEnv> {
  const { tamis } = services;
  const routes = new OpenAPIHono<AppEnv>();
  for (const route of [batch, createRoute({ ...batch, path: "/predict/batch/", hide: true })]) {
    routes.openapi(route, async (context) => {
      const { user_ids, top_n: n } = context.req.valid("json");
      const users = [...new Set(user_ids)];
      const state = await serving.state();
      const tracker = runTracker(tamis, services.now && { now: services.now });
      const modelVersion = state.served?.version.version ?? null;
      const runId = await tracker.start({ experiment: "predictions", name: "batch" });
      const folder = `predictions/${runId}`;
      try {
        const rows: string[] = [];
        let answered = 0;
        for (const userId of users) {
          const answer = await answerUser(userId);
          if (answer === undefined) continue;
          answered++;
          rows.push(...answer.recommendations.map((each, place) => predictionRow(userId, place + 1, each)));
          await nextTurn(); // others are served in between
        }
        await tracker.logParameters(runId, {
          model: modelName(services),
          model_version: modelVersion ?? "none",
          users: users.length,
          top_n: n,
          predictions_dir: folder,
        });
        await tracker.logMetrics(runId, { users_processed: answered, recommendations: rows.length });
        const bytes = new TextEncoder().encode([predictionTableHead, ...rows].join(""));
        await tracker.logArtifact(runId, { path: "predictions.csv", bytes, contentType: "text/csv" });
        const message = `${answered} of ${users.length} users have a list of at most ${n}.`;
        await tracker.finish(runId, "finished", message);
        return context.json(
          {
            status: "success" as const,
            message,
            users_processed: answered,
            predictions_dir: folder,
            run_id: runId,
            model_version: modelVersion,
          },
          200,
        );
      } catch (error) {
        await tracker.finish(runId, "failed", "The batch was not finished.").catch(() => {});
        throw error;
      }

      /** Nothing for somebody who has rated everything. */
      async function answerUser(userId: Id): Promise<Recommendations | undefined> {
        try {
          return await predictor.predict({ userId, n }, { state, folder });
        } catch (error) {
          if (isTamisError(error) && error.code === "not_found" && state.coldStart) return undefined;
          throw error;
        }
      }
    });
  }
  return routes;
}
