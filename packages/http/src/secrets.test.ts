import { createToken } from "@tamis/storage";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hashToken } from "./authenticate.ts";
import { type OpenService, openService } from "./testing/open-service.ts";

const origin = "http://service.example";
let service: OpenService;
beforeAll(async () => {
  service = await openService();
});
afterAll(() => service.close());

it("writes no secret into the log, at debug, nor into the records, whatever way it came and went", async () => {
  const { records } = service.tamis;
  const made = await createToken(records, { name: "lea", role: "support" }, { actor: "test" });
  const ofFile = "correct-horse-battery-staple";
  const wrong = "hunter2-hunter2-hunter2";
  const app = service.createApp({ requiresToken: true, tokenHashes: [hashToken(ofFile)] });
  const secrets = [made.token.slice(-64), ofFile, wrong];

  for (const token of [made.token, ofFile, wrong]) {
    const bearer = { Authorization: `Bearer ${token}`, Accept: "text/html" };
    for (const path of ["/", "/stats", "/api/items", `/stats?token=${token}`, "/openapi.json"]) {
      await app.request(origin + path, { headers: bearer });
    }
    await app.request(`${origin}/predict/`, {
      method: "POST",
      headers: { ...bearer, "Content-Type": "application/json", "Idempotency-Key": "k" },
      body: JSON.stringify({ user_id: 1, token }),
    });
    const signedIn = await app.request(`${origin}/login`, {
      method: "POST",
      headers: { "Sec-Fetch-Site": "same-origin" },
      body: new URLSearchParams({ token, next: "/" }),
    });
    const cookie = /tamis_session=([\w-]+)/.exec(signedIn.headers.get("Set-Cookie") ?? "")?.[1];
    expect(cookie === undefined).toBe(token === wrong);
    if (cookie === undefined) continue;
    secrets.push(cookie);
    for (const path of ["/", "/nowhere"]) {
      await app.request(origin + path, {
        headers: { Cookie: `tamis_session=${cookie}`, Accept: "text/html" },
      });
    }
  }
  await app.close();
  await records.schema.dropTable("items").execute();
  await app.request(`${origin}/api/items`, { headers: { Authorization: `Bearer ${ofFile}` } }); // a 500 with its stack

  const tables = ["tokens", "sessions", "audit", "idempotency_keys"] as const;
  const rows = await Promise.all(tables.map((table) => records.selectFrom(table).selectAll().execute()));
  expect(service.logged.length).toBeGreaterThan(20);
  expect(service.logged.some(({ message }) => message === "request failed")).toBe(true);
  const everything = JSON.stringify([service.logged, rows]);
  expect(everything).toContain("lea");
  for (const secret of secrets) expect(everything).not.toContain(secret);
});
