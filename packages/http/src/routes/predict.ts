import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { Id as IdSchema } from "@tamis/core";
import { needs } from "../authorise.ts";
import type { Metrics } from "../metrics.ts";
import type { AppEnv } from "../services.ts";
import type { Serving } from "../serving.ts";
import { IdAnswer, json, problems } from "./answers.ts";

const count = z.number().int().min(1).max(50).optional();

const PredictBody = z
  .strictObject({
    user_id: IdSchema,
    n_recommendations: count.openapi({ description: "How many, 1 to 50. Default 5." }),
    top_n: count.openapi({ description: "The same as n_recommendations." }),
  })
  .refine(({ n_recommendations: n, top_n }) => n === undefined || top_n === undefined || n === top_n, {
    path: ["top_n"],
    message: "differs from n_recommendations; they mean the same, give one",
  })
  .openapi("PredictRequest");

const Prediction = z
  .object({
    user_id: IdAnswer,
    recommendations: z.array(
      z.object({
        item_id: IdAnswer,
        title: z.string(),
        movie: z.string().openapi({ description: "The same as title, for earlier clients." }),
        score: z.number().openapi({
          description: "A predicted rating, on the scale; from a model that ranks, its own score.",
        }),
        source: z.enum(["model", "fold_in", "genre", "popularity", "newest"]),
        reason: z.string(),
      }),
    ),
    top_score: z.number(),
    model_version: z.number().int().nullable().openapi({ description: "null before the first training." }),
    cold_start: z.boolean().openapi({ description: "The model does not know this user." }),
    ranked_by: z
      .object({
        algorithm: z.string(),
        kind: z.enum(["rating", "ranking", "cold_start"]),
        why: z.string(),
      })
      .openapi({ description: "Which algorithm put the list in its order, and why that one." }),
  })
  .openapi("Prediction");

const responses = {
  200: json("The best unseen items, best first", Prediction),
  ...problems(
    "malformed_request",
    "unauthenticated",
    "not_found",
    "payload_too_large",
    "unsupported_media_type",
    "invalid_input",
    "unavailable",
  ),
};

const predict = createRoute({
  method: "post",
  path: "/predict/",
  ...needs("recommendations:read"),
  summary: "Recommend items to a user",
  request: { body: { required: true, content: { "application/json": { schema: PredictBody } } } },
  responses,
});

const health = createRoute({
  method: "get",
  path: "/predict/health",
  summary: "Whether a model is served",
  responses: {
    200: json(
      "Whether a model is served",
      z.object({ status: z.enum(["healthy", "model_not_found", "error"]), model_loaded: z.boolean() }),
    ),
  },
});

export function predictRoutes(serving: Serving, metrics: Metrics): OpenAPIHono<AppEnv> {
  const routes = new OpenAPIHono<AppEnv>();
  for (const route of [predict, createRoute({ ...predict, path: "/predict", hide: true })]) {
    routes.openapi(route, async (context) => {
      const body = context.req.valid("json");
      const answer = await serving.recommend(body.user_id, body.n_recommendations ?? body.top_n ?? 5);
      for (const { source } of answer.recommendations) metrics.recommendations.inc({ source });
      return context.json(
        {
          user_id: body.user_id,
          recommendations: answer.recommendations.map(({ itemId, title, score, source, reason }) => ({
            item_id: itemId,
            title,
            movie: title,
            score,
            source,
            reason,
          })),
          top_score: answer.recommendations[0]?.score ?? 0,
          model_version: answer.modelVersion,
          cold_start: answer.coldStart,
          ranked_by: answer.rankedBy,
        },
        200,
      );
    });
  }
  return routes.openapi(health, async (context) => {
    const { served, failure } = await serving.state();
    const status = served ? "healthy" : failure ? "error" : "model_not_found";
    return context.json({ status, model_loaded: served !== undefined } as const, 200);
  });
}
