import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { countStats } from "@tamis/storage";
import { needs } from "../authorise.ts";
import type { AppEnv, Services } from "../services.ts";
import { json, problems } from "./answers.ts";

const Stats = z
  .object({
    users: z.number().int().openapi({ description: "Users who rated." }),
    movies: z.number().int().openapi({ description: "Items that were rated." }),
    ratings: z.number().int(),
    average_rating: z.number().nullable().openapi({ description: "Two decimals; null without ratings." }),
  })
  .openapi("Stats");

const getStats = createRoute({
  method: "get",
  path: "/stats",
  ...needs("stats:read"),
  summary: "Counts of the data set",
  responses: { 200: json("The counts", Stats), ...problems("unauthenticated") },
});

export function statsRoutes({ tamis }: Services): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>().openapi(getStats, async (context) => {
    const { users, items, ratings, averageRating } = await countStats(tamis.records);
    const average = averageRating === null ? null : Math.round(averageRating * 100) / 100;
    return context.json({ users, movies: items, ratings, average_rating: average }, 200);
  });
}
