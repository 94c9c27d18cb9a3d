import { randomInt } from "node:crypto";
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { createRandom, Id as IdSchema, type Scale, TamisError } from "@tamis/core";
import {
  addSyntheticRatings,
  currentSnapshot,
  findItems,
  type Records,
  randomRatings,
  writeAudit,
} from "@tamis/storage";
import { needs } from "../authorise.ts";
import type { AppEnv, Services } from "../services.ts";
import { IdAnswer, json, problems } from "./answers.ts";

const GenerateBody = z
  .strictObject({
    batch_size: z.number().int().min(1).max(100_000).default(10_000),
    seed: z.number().int().min(0).max(4_294_967_295).optional().openapi({
      description: "The same seed on the same data makes the same ratings. Default: another one each time.",
    }),
  })
  .openapi("GenerateRatingsRequest");

const generate = createRoute({
  method: "post",
  path: "/generate-ratings/",
  ...needs("ratings:write"),
  summary: "Make ratings up, marked as synthetic",
  request: { body: { content: { "application/json": { schema: GenerateBody } } } },
  responses: {
    200: json(
      "What was made",
      z
        .object({
          status: z.literal("success"),
          inserted: z.number().int().openapi({ description: "Fewer than asked for when no pair is left." }),
          message: z.string(),
        })
        .openapi("GeneratedRatings"),
    ),
    ...problems(
      "malformed_request",
      "unauthenticated",
      "payload_too_large",
      "unsupported_media_type",
      "invalid_input",
      "unavailable",
    ),
  },
});

const draw = createRoute({
  method: "get",
  path: "/get-random-ratings/",
  ...needs("ratings:read"),
  summary: "Ratings drawn at random, synthetic ones left out",
  request: {
    query: z.strictObject({
      count: z.coerce.number().int().min(1).max(100).default(10),
      user_id: IdSchema.optional(),
    }),
  },
  responses: {
    200: json(
      "Different ratings, each equally likely",
      z
        .object({
          count: z.number().int(),
          ratings: z.array(
            z.object({
              user_id: IdAnswer,
              item_id: IdAnswer,
              movie: z.string(),
              rating: z.number(),
              timestamp: z.number().int().nullable().openapi({ description: "Unix seconds." }),
            }),
          ),
        })
        .openapi("RandomRatings"),
    ),
    ...problems("unauthenticated", "not_found", "invalid_input"),
  },
});

/** What the scale is before the first import: that of MovieLens. */
const usualScale: Scale = { min: 0.5, max: 5 };

export function ratingRoutes(services: Services): OpenAPIHono<AppEnv> {
  const { tamis, now = () => new Date(), newSeed = () => randomInt(2 ** 32) } = services;
  const { records } = tamis;
  const routes = new OpenAPIHono<AppEnv>();
  for (const route of [generate, createRoute({ ...generate, path: "/generate-ratings", hide: true })]) {
    routes.openapi(route, async (context) => {
      // Without a body nothing was checked, and the defaults count.
      const { batch_size, seed = newSeed() } = GenerateBody.parse(context.req.valid("json"));
      const at = now();
      const options = { count: batch_size, scale: await scaleOf(records), random: createRandom(seed), at };
      const inserted = await addSyntheticRatings(records, options);
      await writeAudit(
        records,
        {
          actor: context.get("actor").name,
          action: "ratings.generate",
          outcome: "done",
          requestId: context.get("requestId"),
          details: { asked: batch_size, inserted, seed },
        },
        at,
      );
      const reason =
        inserted === batch_size ? "" : "; there are no more pairs of a user and an item without a rating";
      const message = `${inserted} synthetic ratings were made${reason}.`;
      return context.json({ status: "success" as const, inserted, message }, 200);
    });
  }
  for (const route of [draw, createRoute({ ...draw, path: "/get-random-ratings", hide: true })]) {
    routes.openapi(route, async (context) => {
      const { count, user_id: userId } = context.req.valid("query");
      const drawn = await randomRatings(records, { count, userId, random: createRandom(newSeed()) });
      if (drawn.length === 0) throw noRatings(userId);
      const items = await findItems(
        records,
        drawn.map(({ itemId }) => itemId),
      );
      const ratings = drawn.map(({ userId, itemId, rating, ratedAt }) => ({
        user_id: userId,
        item_id: itemId,
        movie: items.get(itemId)?.title ?? String(itemId),
        rating,
        timestamp: ratedAt,
      }));
      return context.json({ count: ratings.length, ratings }, 200);
    });
  }
  return routes;
}

async function scaleOf(records: Records): Promise<Scale> {
  return (await currentSnapshot(records))?.scale ?? usualScale;
}

function noRatings(userId: string | number | undefined): TamisError {
  return new TamisError(
    "not_found",
    userId === undefined
      ? "There are no ratings yet. Import some: tamis import movielens PATH"
      : `User ${userId} has rated nothing.`,
  );
}
