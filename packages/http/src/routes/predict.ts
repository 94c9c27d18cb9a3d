import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { Id as IdSchema, TamisError } from "@tamis/core";
import { needs } from "../authorise.ts";
import type { Predictor } from "../predictor.ts";
import type { AppEnv } from "../services.ts";
import type { Recommendations, Serving, ServingRequest, ServingState } from "../serving.ts";
import { IdAnswer, json, problems } from "./answers.ts";
import { ContributionAnswer, explainer } from "./contributions.ts";

const count = z.number().int().min(1).max(50).optional();
const genreNames = z.array(z.string().min(1).max(100)).min(1).max(50).optional();
const itemIds = z.array(IdSchema).min(1).max(1000).optional();

const Filters = z
  .strictObject({
    genres: genreNames.openapi({ description: "At least one of these, in any case of letters." }),
    not_genres: genreNames.openapi({ description: "None of these." }),
    from_year: z.number().int().optional(),
    to_year: z.number().int().optional().openapi({ description: "An item without a year is of none." }),
    include: itemIds.openapi({ description: "Only these items." }),
    exclude: itemIds.openapi({ description: "None of these items." }),
  })
  .openapi("PredictFilters");

const PredictBody = z
  .strictObject({
    user_id: IdSchema.optional().openapi({
      description: "Needed, unless ratings are given: then its absence means somebody new.",
    }),
    n_recommendations: count.openapi({ description: "How many, 1 to 50. Default 5." }),
    top_n: count.openapi({ description: "The same as n_recommendations." }),
    ratings: z
      .array(z.strictObject({ item_id: IdSchema, rating: z.number() }))
      .min(1)
      .max(1000)
      .optional()
      .openapi({
        description:
          "Ratings that count for this answer, beside the user's stored ones or instead of them where both have the item; they are not stored.",
      }),
    filters: Filters.optional(),
    explain: z.boolean().default(false).openapi({ description: "Take the scores of the model apart." }),
  })
  .refine(({ user_id, ratings }) => user_id !== undefined || ratings !== undefined, {
    path: ["user_id"],
    message: "is needed, unless ratings are given",
  })
  .refine(({ n_recommendations: n, top_n }) => n === undefined || top_n === undefined || n === top_n, {
    path: ["top_n"],
    message: "differs from n_recommendations; they mean the same, give one",
  })
  .openapi("PredictRequest");
type PredictBody = z.infer<typeof PredictBody>;

const Prediction = z
  .object({
    user_id: IdAnswer.nullable().openapi({ description: "null for somebody new." }),
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
        contributions: z.array(ContributionAnswer).optional().openapi({
          description:
            "With explain: what the score is the sum of before it is clipped, the largest first; absent where a model cannot tell.",
        }),
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

export function predictRoutes(serving: Serving, predictor: Predictor): OpenAPIHono<AppEnv> {
  const routes = new OpenAPIHono<AppEnv>();
  for (const route of [predict, createRoute({ ...predict, path: "/predict", hide: true })]) {
    routes.openapi(route, async (context) => {
      const body = context.req.valid("json");
      const state = await serving.state();
      checkScale(body.ratings, state);
      const answer = await predictor.predict(requestOf(body), { state });
      return context.json(answerOf(body, answer, state), 200);
    });
  }
  return routes.openapi(health, async (context) => {
    const { served, failure } = await serving.state();
    const status = served ? "healthy" : failure ? "error" : "model_not_found";
    return context.json({ status, model_loaded: served !== undefined } as const, 200);
  });
}

function requestOf({ user_id, n_recommendations, top_n, ratings, filters }: PredictBody): ServingRequest {
  return {
    userId: user_id,
    n: n_recommendations ?? top_n ?? 5,
    ratings: ratings?.map(({ item_id, rating }) => ({ itemId: item_id, rating })),
    filters: filters && {
      ...(filters.genres && { genres: filters.genres }),
      ...(filters.not_genres && { notGenres: filters.not_genres }),
      ...(filters.from_year !== undefined && { fromYear: filters.from_year }),
      ...(filters.to_year !== undefined && { toYear: filters.to_year }),
      ...(filters.include && { include: filters.include }),
      ...(filters.exclude && { exclude: filters.exclude }),
    },
  };
}

/** @throws invalid_input for a given rating that lies off the scale of the data */
function checkScale(ratings: PredictBody["ratings"] = [], { coldStart }: ServingState): void {
  if (coldStart === undefined) return;
  const { min, max } = coldStart.scale;
  const pointers = ratings.flatMap(({ rating }, place) =>
    rating >= min && rating <= max ? [] : [`#/ratings/${place}/rating`],
  );
  if (pointers.length === 0) return;
  throw new TamisError("invalid_input", `A rating lies from ${min} to ${max}.`, { details: { pointers } });
}

function answerOf(
  { user_id, explain }: PredictBody,
  answer: Recommendations,
  state: ServingState,
): z.infer<typeof Prediction> {
  const contributions = explain ? explainer(state, user_id, answer.history) : undefined;
  return {
    user_id: user_id ?? null,
    recommendations: answer.recommendations.map(({ itemId, title, score, source, reason }) => ({
      item_id: itemId,
      title,
      movie: title,
      score,
      source,
      reason,
      ...(contributions &&
        (source === "model" || source === "fold_in") && { contributions: contributions(itemId) }),
    })),
    top_score: answer.recommendations[0]?.score ?? 0,
    model_version: answer.modelVersion,
    cold_start: answer.coldStart,
    ranked_by: answer.rankedBy,
  };
}
