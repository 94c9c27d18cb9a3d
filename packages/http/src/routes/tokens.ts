import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { listTokens, revokeToken, type StoredToken } from "@tamis/storage";
import { needs } from "../authorise.ts";
import type { AppEnv, Services } from "../services.ts";
import { json, problems } from "./answers.ts";

const instant = z.string().openapi({ format: "date-time" });
const Token = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.string(),
    created_at: instant,
    expires_at: instant.nullable(),
    last_used_at: instant.nullable().openapi({ description: "To the minute." }),
    revoked_at: instant.nullable(),
  })
  .openapi("Token");

const list = createRoute({
  method: "get",
  path: "/api/tokens",
  ...needs("tokens:manage"),
  summary: "Every token there ever was, newest first",
  responses: {
    200: json("What is kept of them", z.object({ tokens: z.array(Token) })),
    ...problems("unauthenticated"),
  },
});

const revoke = createRoute({
  method: "post",
  path: "/api/tokens/{id}/revoke",
  ...needs("tokens:manage"),
  summary: "Refuse a token from now on",
  request: { params: z.object({ id: z.string().min(1).max(100) }) },
  responses: { 200: json("It is refused", Token), ...problems("unauthenticated", "not_found") },
});

/** To look and to revoke. Tokens are made on the command line only: none is ever in an answer. */
export function tokenRoutes({ tamis, now = () => new Date() }: Services): OpenAPIHono<AppEnv> {
  const { records } = tamis;
  return new OpenAPIHono<AppEnv>()
    .openapi(list, async (context) => context.json({ tokens: (await listTokens(records)).map(answer) }, 200))
    .openapi(revoke, async (context) => {
      const actor = context.get("actor").name;
      const change = { actor, requestId: context.get("requestId"), at: now() };
      return context.json(answer(await revokeToken(records, context.req.valid("param").id, change)), 200);
    });
}

function answer(token: StoredToken): z.infer<typeof Token> {
  return {
    id: token.id,
    name: token.name,
    role: token.role,
    created_at: token.createdAt.toISOString(),
    expires_at: token.expiresAt?.toISOString() ?? null,
    last_used_at: token.lastUsedAt?.toISOString() ?? null,
    revoked_at: token.revokedAt?.toISOString() ?? null,
  };
}
