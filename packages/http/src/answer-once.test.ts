import { setTimeout as sleep } from "node:timers/promises";
import { createLog } from "@tamis/core";
import { Hono } from "hono";
import { afterAll, beforeAll, expect, it } from "vitest";
import { answerOnce } from "./answer-once.ts";
import type { AppEnv } from "./services.ts";
import { type OpenService, openService } from "./testing/open-service.ts";

let service: OpenService;
beforeAll(async () => {
  service = await openService();
});
afterAll(() => service.close());

let keys = 0;
const newKey = () => `key-${keys++}`;

/** An app whose `POST /things` counts how often it was done. */
function counting(options: { leaseMs?: number; now?: () => Date } = {}) {
  const { records } = service.tamis;
  const done: string[] = [];
  const app = new Hono<AppEnv>();
  app.use((context, next) => {
    const tokenId = context.req.header("X-Caller") ?? "t-1";
    context.set("actor", { name: tokenId, role: "engineer", tokenId });
    context.set("requestId", "r-1");
    return next();
  });
  app.use(
    answerOnce({
      records,
      log: createLog({ sinks: [] }),
      now: options.now ?? (() => new Date()),
      ...options,
    }),
  );
  app.post("/things", async (context) => {
    const body = await context.req.text();
    done.push(body);
    const { searchParams } = new URL(context.req.url);
    const status = Number(searchParams.get("status") ?? 201);
    if (searchParams.has("throw")) throw new Error("it broke");
    const text = searchParams.has("long") ? "x".repeat(300_000) : `{"made":${done.length}}`;
    return context.body(text, status as 201, { "Content-Type": "application/json", Location: "/things/1" });
  });
  app.onError((_, context) => context.text("failed", 500));
  const post = (
    key: string | undefined,
    body = "{}",
    path = "/things",
    headers: Record<string, string> = {},
  ) =>
    app.request(path, {
      method: "POST",
      body,
      headers: { ...headers, ...(key !== undefined && { "Idempotency-Key": key }) },
    });
  return { app, done, post };
}

it("does it once and gives the same answer again, quotes or not", async () => {
  const { done, post } = counting();
  const key = newKey();
  const first = await post(key);
  expect(first.headers.get("Idempotency-Replayed")).toBeNull();
  for (const again of [key, `"${key}"`]) {
    const answer = await post(again);
    expect(answer.status).toBe(201);
    expect(answer.headers.get("Idempotency-Replayed")).toBe("true");
    expect(answer.headers.get("Location")).toBe("/things/1");
    expect(answer.headers.get("Content-Type")).toBe("application/json");
    expect(await answer.json()).toEqual({ made: 1 });
  }
  expect(done).toHaveLength(1);
});

it("does it each time without a key", async () => {
  const { done, post } = counting();
  for (let n = 0; n < 3; n++) await post(undefined);
  expect(done).toHaveLength(3);
});

it("refuses the key for another body, type, query or path, and keeps callers apart", async () => {
  const { done, post } = counting();
  const key = newKey();
  await post(key, "a");
  for (const other of [
    await post(key, "b"),
    await post(key, "a", "/things?x=1"),
    await post(key, "a", "/things", { "Content-Type": "text/csv" }),
  ]) {
    expect(other.status).toBe(422);
    expect(await other.json()).toMatchObject({ type: "urn:tamis:problem:invalid-input" });
  }
  expect((await post(key, "b", "/things", { "X-Caller": "t-2" })).status).toBe(201);
  expect(done).toEqual(["a", "b"]);
});

it("answers 409 while the first works, to any number at once", async () => {
  const { done, post } = counting();
  const key = newKey();
  const answers = await Promise.all(Array.from({ length: 10 }, () => post(key)));
  const statuses = answers.map(({ status, headers }) =>
    status === 201 && headers.has("Idempotency-Replayed") ? "again" : status,
  );
  expect(done).toHaveLength(1);
  expect(statuses.filter((status) => status === 201)).toHaveLength(1);
  for (const status of statuses) expect([201, 409, "again"]).toContain(status);
});

it.each(["?status=400", "?status=422", "?status=409", "?status=503", "?throw"])(
  "is free again after an answer that says nothing was done: %s",
  async (query) => {
    const { done, post } = counting();
    const key = newKey();
    await post(key, "{}", `/things${query}`);
    await post(key, "{}", `/things${query}`);
    expect(done).toHaveLength(2);
    expect((await post(key, "other")).status).toBe(201);
  },
);

it("keeps a key as long as its attempt lives, and frees that of a dead one", async () => {
  const { records } = service.tamis;
  const key = newKey();
  const app = new Hono<AppEnv>();
  let release: (() => void) | undefined;
  app.use((context, next) => {
    context.set("actor", { name: "a", role: "engineer", tokenId: "t-1" });
    context.set("requestId", "r-1");
    return next();
  });
  app.use(answerOnce({ records, log: createLog({ sinks: [] }), now: () => new Date(), leaseMs: 150 }));
  app.post("/things", async (context) => {
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    return context.json({ slow: true });
  });
  const post = () => app.request("/things", { method: "POST", headers: { "Idempotency-Key": key } });
  const first = post();
  await sleep(600); // four leases
  expect((await post()).status).toBe(409);
  release?.();
  expect(await (await first).json()).toEqual({ slow: true });
  expect(await (await post()).json()).toEqual({ slow: true });

  // What a process leaves behind that was killed in the middle.
  await records
    .updateTable("idempotency_keys")
    .set({ status: null, body: null })
    .where("key", "=", key)
    .execute();
  await sleep(200); // its last sign of life was a lease ago
  release = undefined;
  const heir = post();
  while (release === undefined) await sleep(5);
  (release as () => void)();
  expect((await heir).status).toBe(200);
});

it("says so when the answer was too long to keep, and does not do it again", async () => {
  const { done, post } = counting();
  const key = newKey();
  expect((await post(key, "{}", "/things?long")).status).toBe(201);
  const again = await post(key, "{}", "/things?long");
  expect(again.status).toBe(409);
  expect(await again.json()).toMatchObject({ detail: expect.stringContaining("too long to keep") });
  expect(done).toHaveLength(1);
  const rows = await service.tamis.records
    .selectFrom("idempotency_keys")
    .selectAll()
    .where("key", "=", key)
    .execute();
  expect(rows).toMatchObject([{ status: 201, body: null }]);
});

it("forgets after a day", async () => {
  let at = new Date("2026-01-01T00:00:00Z");
  const { done, post } = counting({ now: () => at });
  const key = newKey();
  await post(key, "a");
  at = new Date("2026-01-01T23:59:59Z");
  expect((await post(key, "a")).headers.get("Idempotency-Replayed")).toBe("true");
  at = new Date("2026-01-02T00:00:00Z");
  expect((await post(key, "b")).status).toBe(201);
  expect(done).toEqual(["a", "b"]);
});

it.each(["", " ", '""', "a b", "é", "x".repeat(256)])("refuses the key %j", async (key) => {
  const { done, app } = counting();
  const headers = new Headers();
  try {
    headers.set("Idempotency-Key", key);
  } catch {
    return; // fetch does not even send it
  }
  expect((await app.request("/things", { method: "POST", headers })).status).toBe(400);
  expect(done).toHaveLength(0);
});
