import { OpenAPIHono } from "@hono/zod-openapi";
import { authorise } from "../authorise.ts";
import type { Metrics } from "../metrics.ts";
import type { AppEnv } from "../services.ts";

/** `GET /metrics`: the Prometheus text format. */
export function metricsRoutes({ registry }: Metrics): OpenAPIHono<AppEnv> {
  const routes = new OpenAPIHono<AppEnv>();
  routes.get("/metrics", authorise("metrics:read"), async (context) =>
    context.body(await registry.metrics(), 200, { "Content-Type": registry.contentType }),
  );
  return routes;
}
