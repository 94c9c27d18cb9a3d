import { OpenAPIHono } from "@hono/zod-openapi";
import { TamisError } from "@tamis/core";
import { findSnapshot } from "@tamis/storage";
import { authorise } from "../authorise.ts";
import { chartRoute } from "../charts/chart-route.ts";
import type { AppEnv } from "../services.ts";
import type { Dashboard } from "./dashboard.ts";
import { answerPage } from "./layout.tsx";
import { distributionReader, overviewReader } from "./overview.ts";
import { OverviewPage } from "./overview-page.tsx";
import { ratingChart } from "./rating-chart.ts";

/** `/`: is it healthy, what changed, what should be done. */
export function overviewPages(dashboard: Dashboard): OpenAPIHono<AppEnv> {
  const { services, now } = dashboard;
  const distribution = distributionReader(services);
  const readOverview = overviewReader(dashboard, distribution);
  return new OpenAPIHono<AppEnv>()
    .get("/", authorise("stats:read"), async (context) => {
      const overview = await readOverview();
      const { environment } = services;
      return answerPage(context, <OverviewPage overview={overview} environment={environment} now={now()} />);
    })
    .route(
      "/",
      chartRoute("ratings", "stats:read", async ({ snapshot: digest = "" }) => {
        const known = await findSnapshot(services.tamis.records, digest);
        const counts = known ? await distribution(digest) : [];
        if (counts.length > 0) return ratingChart(counts);
        throw new TamisError("not_found", `There is no snapshot “${digest}” with ratings.`);
      }),
    ) as OpenAPIHono<AppEnv>;
}
