import { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../services.ts";
import type { Dashboard } from "./dashboard.ts";
import { modelPages } from "./model-pages.tsx";
import { monitoringPages } from "./monitoring-pages.tsx";
import { overviewPages } from "./overview-pages.tsx";
import { recommendPages } from "./recommend-pages.tsx";
import { runPages } from "./run-pages.tsx";
import { trainPages } from "./train-pages.tsx";

/** The pages. All state is in the address; they are read, and their forms are sent, without JavaScript. */
export function dashboardRoutes(dashboard: Dashboard): OpenAPIHono<AppEnv> {
  const routes = new OpenAPIHono<AppEnv>();
  for (const pages of [overviewPages, recommendPages, trainPages, runPages, modelPages, monitoringPages]) {
    routes.route("/", pages(dashboard));
  }
  return routes;
}
