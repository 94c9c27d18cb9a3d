import { OpenAPIHono } from "@hono/zod-openapi";
import { authorise } from "../authorise.ts";
import type { AppEnv } from "../services.ts";

/** `GET /openapi.json`: the contract of `app`, OpenAPI 3.1. Register it last. */
export function openApiRoutes(app: OpenAPIHono<AppEnv>): OpenAPIHono<AppEnv> {
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "Asked for by every path but the health ones when the service was started with tokens.",
  });
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Tamis",
      version: "0.1.0",
      description: "Recommendations, their data and their health. Errors are RFC 9457 problem documents.",
    },
    security: [{}, { bearer: [] }],
  });
  const routes = new OpenAPIHono<AppEnv>();
  routes.get("/openapi.json", authorise("contract:read"), (context) => context.json(document));
  return routes;
}
