import { OpenAPIHono } from "@hono/zod-openapi";
import { can } from "@tamis/core";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { authorise } from "../authorise.ts";
import type { AppEnv } from "../services.ts";
import type { Dashboard } from "./dashboard.ts";
import { answerPage } from "./layout.tsx";
import { RecommendPage } from "./recommend-page.tsx";
import { readRecommendQuery } from "./recommend-query.ts";
import { recommendReader } from "./recommend-view.ts";

/** `/recommend`: of a user or of somebody new, by one model or by two. */
export function recommendPages({ services, serving }: Dashboard): OpenAPIHono<AppEnv> {
  const read = recommendReader(services, serving);
  const { environment } = services;
  const routes = new OpenAPIHono<AppEnv>();
  routes.get("/recommend", authorise("recommendations:read"), async (context) => {
    const view = await read(readRecommendQuery(context.req.queries()));
    const mayReadRatings = can(context.get("actor").role, "ratings:read");
    return answerPage(
      context,
      <RecommendPage view={view} mayReadRatings={mayReadRatings} environment={environment} />,
      view.status as ContentfulStatusCode,
    );
  });
  return routes;
}
