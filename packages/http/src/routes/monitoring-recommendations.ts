import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { recommendationStats } from "@tamis/storage";
import { needs } from "../authorise.ts";
import type { AppEnv, Services } from "../services.ts";
import { json, problems } from "./answers.ts";

const share = z.number().nullable();

export const RecommendationQuality = z
  .object({
    period_days: z.number().int(),
    total_requests: z.number().int().openapi({ description: "Lists that were recommended." }),
    unique_users: z.number().int(),
    total_recommendations: z.number().int().openapi({ description: "Items in all the lists." }),
    unique_movies: z.number().int(),
    diversity: share.openapi({ description: "unique_movies / total_recommendations" }),
    novelty: share.openapi({
      description:
        "Share of the recommended items outside of the 100 most rated ones of those with 100 ratings or more.",
    }),
    coverage: share.openapi({ description: "unique_movies / items of the catalogue" }),
    mean_score: share,
    methods: z.record(z.string(), z.number().int()).openapi({ description: "Lists by what made them." }),
  })
  .openapi("RecommendationQuality", {
    description: "Four decimals; null where nothing was recommended.",
  });

export const days = z.coerce.number().int().min(1).max(3650).default(7);

const get = createRoute({
  method: "get",
  path: "/monitoring/recommendations",
  ...needs("monitoring:read"),
  summary: "What was recommended lately, in figures",
  request: { query: z.strictObject({ days }) },
  responses: {
    200: json("The figures", RecommendationQuality),
    ...problems("unauthenticated", "invalid_input"),
  },
});

export function monitoringRecommendationRoutes(services: Services): OpenAPIHono<AppEnv> {
  const routes = new OpenAPIHono<AppEnv>();
  for (const route of [get, createRoute({ ...get, path: "/monitoring/recommendations/", hide: true })]) {
    routes.openapi(route, async (context) =>
      context.json(await recommendationQuality(services, context.req.valid("query").days), 200),
    );
  }
  return routes;
}

export async function recommendationQuality(
  { tamis, now = () => new Date() }: Services,
  days: number,
): Promise<z.infer<typeof RecommendationQuality>> {
  const since = new Date(now().getTime() - days * 86_400_000);
  const stats = await recommendationStats(tamis.records, since);
  return {
    period_days: days,
    total_requests: stats.lists,
    unique_users: stats.users,
    total_recommendations: stats.items,
    unique_movies: stats.distinctItems,
    diversity: rounded(stats.diversity),
    novelty: rounded(stats.novelty),
    coverage: rounded(stats.coverage),
    mean_score: rounded(stats.meanScore),
    methods: { ...stats.methods },
  };
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10_000) / 10_000;
}
