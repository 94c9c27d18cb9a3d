import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { Id as IdSchema, TamisError } from "@tamis/core";
import { type LoadedVersion, type Model, similarItems } from "@tamis/ml";
import { ratingsOfUser } from "@tamis/storage";
import { needs } from "../authorise.ts";
import type { AppEnv, Services } from "../services.ts";
import type { Serving, ServingState } from "../serving.ts";
import { IdAnswer, json, problems } from "./answers.ts";
import { ContributionAnswer, explainer } from "./contributions.ts";

const failures = problems("unauthenticated", "not_found", "invalid_input", "unsupported", "unavailable");

const similar = createRoute({
  method: "get",
  path: "/api/items/{id}/similar",
  ...needs("items:read"),
  summary: "Items that the model holds most like an item",
  request: {
    params: z.object({ id: IdSchema }),
    query: z.strictObject({ n: z.coerce.number().int().min(1).max(50).default(10) }),
  },
  responses: {
    200: json(
      "Most similar first",
      z
        .object({
          item_id: IdAnswer,
          title: z.string(),
          model_version: z.number().int(),
          algorithm: z.string(),
          similar: z.array(
            z.object({
              item_id: IdAnswer,
              title: z.string(),
              similarity: z.number().openapi({ description: "1: the same; 0: nothing in common." }),
            }),
          ),
        })
        .openapi("SimilarItems"),
    ),
    ...failures,
  },
});

const explain = createRoute({
  method: "get",
  path: "/api/explain",
  ...needs("ratings:read"),
  summary: "What the score of an item for a user is made of",
  request: { query: z.strictObject({ user_id: IdSchema, item_id: IdSchema }) },
  responses: {
    200: json(
      "The parts of the score",
      z
        .object({
          user_id: IdAnswer,
          item_id: IdAnswer,
          title: z.string(),
          model_version: z.number().int(),
          algorithm: z.string(),
          known_user: z.boolean().openapi({ description: "false: folded in from what they rated." }),
          score: z.number().openapi({ description: "The sum, before it is clipped to the scale." }),
          contributions: z.array(ContributionAnswer),
        })
        .openapi("Explanation"),
    ),
    ...failures,
  },
});

export function explainRoutes({ tamis }: Services, serving: Serving): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>()
    .openapi(similar, async (context) => {
      const itemId = context.req.valid("param").id;
      const { n } = context.req.valid("query");
      const state = await serving.state();
      const { model, version } = servedBy(state);
      const title = (id: typeof itemId) => state.items.get(id)?.title ?? String(id);
      const found = similarItems(model, itemId, n).map((each) => ({
        item_id: each.itemId,
        title: title(each.itemId),
        similarity: each.score,
      }));
      return context.json(
        {
          item_id: itemId,
          title: title(itemId),
          model_version: version.version,
          algorithm: model.algorithm,
          similar: found,
        },
        200,
      );
    })
    .openapi(explain, async (context) => {
      const { user_id: userId, item_id: itemId } = context.req.valid("query");
      const state = await serving.state();
      const { model, version } = servedBy(state);
      if (!model.explain) {
        throw new TamisError(
          "unsupported",
          `The scores of a ${model.algorithm} model cannot be taken apart.`,
        );
      }
      if (!model.knowsItem(itemId)) {
        throw new TamisError("not_found", `The model does not know item ${itemId}: nobody had rated it.`);
      }
      const contributions = explainer(state, userId, await ratingsOfUser(tamis.records, userId))?.(itemId);
      if (contributions === undefined) {
        throw new TamisError(
          "not_found",
          `The model knows nothing of user ${userId}: what they get is popular or new.`,
        );
      }
      return context.json(
        {
          user_id: userId,
          item_id: itemId,
          title: state.items.get(itemId)?.title ?? String(itemId),
          model_version: version.version,
          algorithm: model.algorithm,
          known_user: model.knowsUser(userId),
          score: contributions.reduce((sum, { value }) => sum + value, 0),
          contributions,
        },
        200,
      );
    });
}

function servedBy({ served, failure }: ServingState): { model: Model; version: LoadedVersion["version"] } {
  if (served) return served;
  if (failure) throw new TamisError("unavailable", failure);
  throw new TamisError("not_found", "There is no model yet. Train one: POST /training/ or tamis train");
}
