import { createToken } from "@tamis/storage";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { App } from "../app.ts";
import { type OpenService, openService } from "../testing/open-service.ts";

let service: OpenService;
let app: App;
let admin: string;
let at = new Date("2026-03-01T12:00:00Z");
beforeAll(async () => {
  service = await openService({ now: () => at, requiresToken: true, newId: () => "r-1" });
  app = service.app;
  const made = await createToken(
    service.tamis.records,
    { name: "lea", role: "administrator" },
    { actor: "t", at },
  );
  admin = made.token;
});
afterAll(() => service.close());

const ask = (path: string, token = admin, method = "GET") =>
  app.request(`http://service.example${path}`, { method, headers: { Authorization: `Bearer ${token}` } });

it("lists tokens without a secret, revokes one, and the audit tells who did", async () => {
  const shop = await createToken(
    service.tamis.records,
    { name: "shop", role: "analyst" },
    { actor: "t", at },
  );
  expect((await ask("/stats", shop.token)).status).toBe(200);
  const listed = await (await ask("/api/tokens")).text();
  for (const secret of [shop.token.slice(-64), shop.stored.hash]) expect(listed).not.toContain(secret);
  expect((JSON.parse(listed) as { tokens: unknown[] }).tokens).toHaveLength(2);

  const revoked = await ask(`/api/tokens/${shop.stored.id}/revoke`, admin, "POST");
  expect(await revoked.json()).toMatchObject({ name: "shop", revoked_at: "2026-03-01T12:00:00.000Z" });
  expect((await ask("/api/tokens/none/revoke", admin, "POST")).status).toBe(404);
  at = new Date(at.getTime() + 1_000);
  expect((await ask("/stats", shop.token)).status).toBe(401);

  const audit = async (query: string) =>
    (await (await ask(`/api/audit${query}`)).json()) as { entries: object[]; next: string | null };
  expect((await audit("?action=token.revoke")).entries).toMatchObject([
    { actor: "lea", subject: shop.stored.id, outcome: "done", request_id: "r-1", details: { name: "shop" } },
  ]);
  const page = await audit("?action=token.&limit=1");
  expect((await audit(`?action=token.&limit=1&after=${page.next}`)).entries).toMatchObject([
    { action: "token.create", subject: shop.stored.id },
  ]);
  expect((await ask("/api/audit?outcome=maybe")).status).toBe(422);
});
