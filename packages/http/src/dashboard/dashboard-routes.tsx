import { OpenAPIHono } from "@hono/zod-openapi";
import { Id as IdSchema, isTamisError, TamisError } from "@tamis/core";
import { findSnapshot, listUsers, ratingsOfUser } from "@tamis/storage";
import { z } from "zod";
import { authorise } from "../authorise.ts";
import { chartRoutes } from "../charts/chart-routes.ts";
import type { Metrics } from "../metrics.ts";
import { problemKinds } from "../problem.ts";
import type { AppEnv, Services } from "../services.ts";
import type { Serving } from "../serving.ts";
import { answerPage } from "./layout.tsx";
import { distributionReader, overviewReader } from "./overview.ts";
import { OverviewPage } from "./overview-page.tsx";
import { ratingChart } from "./rating-chart.ts";
import { RecommendPage, type RecommendView } from "./recommend-page.tsx";

/** How many users are offered to try. */
const offeredUsers = 8;

/** The pages. All state is in the address; none of them needs JavaScript. */
export function dashboardRoutes(services: Services, serving: Serving, metrics: Metrics): OpenAPIHono<AppEnv> {
  const { environment, now = () => new Date() } = services;
  const { records } = services.tamis;
  const distribution = distributionReader(services);
  const readOverview = overviewReader(services, serving, metrics, distribution);
  const routes = new OpenAPIHono<AppEnv>();
  routes.get("/", authorise("stats:read"), async (context) => {
    const overview = await readOverview();
    return answerPage(context, <OverviewPage overview={overview} environment={environment} now={now()} />);
  });
  routes.route("/", chartRoutes({ ratings: ({ snapshot }) => readRatingChart(snapshot) }));
  routes.get("/recommend", authorise("recommendations:read"), async (context) => {
    const { user = "", n = "10" } = context.req.query();
    const { users } = await listUsers(services.tamis.records, { limit: offeredUsers });
    const { items } = await serving.state();
    const asked = { user, n, users, items };
    const { view, status } = user === "" ? { view: asked, status: 200 as const } : await answer(asked);
    return answerPage(context, <RecommendPage view={view} environment={environment} />, status);
  });
  return routes;

  async function readRatingChart(digest = "") {
    const counts = (await findSnapshot(records, digest)) ? await distribution(digest) : [];
    if (counts.length === 0)
      throw new TamisError("not_found", `There is no snapshot “${digest}” with ratings.`);
    return ratingChart(counts);
  }

  async function answer(asked: RecommendView) {
    const userId = IdSchema.safeParse(asked.user);
    const n = Count.safeParse(asked.n);
    if (!userId.success || !n.success) {
      const message = userId.success ? "How many is a whole number from 1 to 50." : "That is not a user id.";
      return { view: { ...asked, message }, status: 422 as const };
    }
    try {
      const recommendations = await serving.recommend({ userId: userId.data, n: n.data });
      const history = await ratingsOfUser(services.tamis.records, userId.data);
      return {
        view: { ...asked, found: { ...recommendations, userId: userId.data, history } },
        status: 200 as const,
      };
    } catch (error) {
      if (!isTamisError(error) || problemKinds[error.code].status === 500) throw error;
      return { view: { ...asked, message: error.message }, status: problemKinds[error.code].status };
    }
  }
}

const Count = z.coerce.number().int().min(1).max(50);
