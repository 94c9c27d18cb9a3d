import { OpenAPIHono, z } from "@hono/zod-openapi";
import { authorise } from "../authorise.ts";
import type { AppEnv } from "../services.ts";
import { problems } from "./answers.ts";

/** `GET /openapi.json`: the contract of `app`, OpenAPI 3.1. Register it last. */
export function openApiRoutes(app: OpenAPIHono<AppEnv>): OpenAPIHono<AppEnv> {
  const { openAPIRegistry } = app;
  openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "Asked for by every path but the public ones when the service has tokens: tms_ID_SECRET.",
  });
  openAPIRegistry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: "tamis_session",
    description: "A browser that signed in at /login; over TLS the cookie is __Host-tamis_session.",
  });
  describeDoors(app);
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Tamis",
      version: "0.1.0",
      description: "Recommendations, their data and their health. Errors are RFC 9457 problem documents.",
    },
    security: [{}, { bearer: [] }, { session: [] }],
  });
  const routes = new OpenAPIHono<AppEnv>();
  routes.get("/openapi.json", authorise("contract:read"), (context) => context.json(document));
  return routes;
}

const IdempotencyKey = z
  .string()
  .min(1)
  .max(255)
  .optional()
  .openapi({
    param: { in: "header", name: "Idempotency-Key" },
    description: "What is asked for under one key is done once in 24 hours; a UUID is a good key.",
  });

/** Adds to each declared route what the doors before it do. */
function describeDoors({ openAPIRegistry }: OpenAPIHono<AppEnv>): void {
  for (const definition of openAPIRegistry.definitions) {
    if (definition.type !== "route") continue;
    const { route } = definition;
    const action: unknown = route["x-action" as keyof typeof route];
    if (typeof action !== "string") {
      route.security = [];
      continue;
    }
    route.responses = {
      ...problems("unauthenticated", "forbidden", "too_many_requests"),
      ...route.responses,
    };
    if (action.endsWith(":read")) continue;
    route.request = { ...route.request, headers: z.object({ "Idempotency-Key": IdempotencyKey }) };
  }
}
