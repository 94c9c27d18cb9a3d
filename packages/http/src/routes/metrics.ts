import { OpenAPIHono } from "@hono/zod-openapi";
import { authorise } from "../authorise.ts";
import type { Metrics } from "../metrics.ts";
import { recordMetrics } from "../record-metrics.ts";
import type { AppEnv, Services } from "../services.ts";

/** `GET /metrics`: the Prometheus text format. */
export function metricsRoutes(services: Services, { registry }: Metrics): OpenAPIHono<AppEnv> {
  const readRecords = recordMetrics(services, registry);
  const routes = new OpenAPIHono<AppEnv>();
  routes.get("/metrics", authorise("metrics:read"), async (context) => {
    await readRecords();
    return context.body(await registry.metrics(), 200, { "Content-Type": registry.contentType });
  });
  return routes;
}
