import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { listAudit, type StoredAuditEntry } from "@tamis/storage";
import { needs } from "../authorise.ts";
import type { AppEnv, Services } from "../services.ts";
import { json, problems } from "./answers.ts";

const Entry = z
  .object({
    id: z.string(),
    at: z.string().openapi({ format: "date-time" }),
    actor: z.string(),
    action: z.string(),
    subject: z.string().nullable(),
    outcome: z.enum(["done", "refused", "denied", "failed"]),
    reason: z.string().nullable(),
    request_id: z.string().nullable(),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  })
  .openapi("AuditEntry");

const list = createRoute({
  method: "get",
  path: "/api/audit",
  ...needs("audit:read"),
  summary: "Who changed or was denied what, newest first",
  request: {
    query: z.strictObject({
      action: z
        .string()
        .min(1)
        .max(100)
        .optional()
        .openapi({ description: "One action, or a noun with a dot and all its verbs, e.g. model." }),
      subject: z.string().min(1).max(300).optional(),
      outcome: Entry.shape.outcome.optional(),
      limit: z.coerce.number().int().min(1).max(500).default(50),
      after: z.string().max(1000).optional().openapi({ description: "The next of the page before." }),
    }),
  },
  responses: {
    200: json("A page of entries", z.object({ entries: z.array(Entry), next: z.string().nullable() })),
    ...problems("unauthenticated", "invalid_input"),
  },
});

export function auditRoutes({ tamis }: Services): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>().openapi(list, async (context) => {
    const { entries, next } = await listAudit(tamis.records, context.req.valid("query"));
    return context.json({ entries: entries.map(answer), next }, 200);
  });
}

function answer(entry: StoredAuditEntry): z.infer<typeof Entry> {
  const { id, at, actor, action, subject = null, outcome, reason = null, requestId, details } = entry;
  return {
    ...{ id, at: at.toISOString(), actor, action, subject, outcome, reason },
    request_id: requestId ?? null,
    details: { ...details },
  };
}
