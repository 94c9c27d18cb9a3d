import { OpenAPIHono } from "@hono/zod-openapi";
import { silentLog, TamisError } from "@tamis/core";
import { authorise } from "../authorise.ts";
import { chartRoute } from "../charts/chart-route.ts";
import { readReadiness } from "../routes/health.ts";
import type { AppEnv } from "../services.ts";
import type { Dashboard } from "./dashboard.ts";
import { columnChart, readDrift } from "./drift-view.ts";
import { answerPage } from "./layout.tsx";
import { MonitoringPage } from "./monitoring-page.tsx";
import { readPart } from "./part.ts";
import { readService } from "./service-view.ts";

/** `/monitoring`: drift of the data, and how the service answers. */
export function monitoringPages({ services, serving, metrics, now }: Dashboard): OpenAPIHono<AppEnv> {
  const { environment, log = silentLog, tamis } = services;
  const routes = new OpenAPIHono<AppEnv>();
  routes.get("/monitoring", authorise("monitoring:read"), async (context) => {
    const [drift, service, readiness] = await Promise.all([
      readPart(log, "drift", () => readDrift(tamis.records, context.req.query())),
      readService(metrics),
      readReadiness(services, serving),
    ]);
    return answerPage(
      context,
      <MonitoringPage
        drift={drift}
        service={service}
        readiness={readiness}
        environment={environment}
        now={now()}
      />,
    );
  });
  routes.route(
    "/",
    chartRoute("drift", "monitoring:read", async ({ report, column = "" }) => {
      const { open } = await readDrift(tamis.records, { report });
      const chart = open && columnChart(open.document, column);
      if (chart) return chart;
      throw new TamisError("not_found", `No report has a distribution of “${column}”.`);
    }),
  );
  return routes;
}
