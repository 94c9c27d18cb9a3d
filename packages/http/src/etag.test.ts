import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { matchesEtag, revalidateJson } from "./etag.ts";
import { importFilms, type OpenService, openService } from "./testing/open-service.ts";

let service: OpenService;
beforeAll(async () => {
  service = await openService();
  await importFilms(service);
});
afterAll(() => service.close());

const ask = (path: string, etag?: string, method = "GET") =>
  service.app.request(path, { method, headers: etag === undefined ? {} : { "If-None-Match": etag } });

describe("JSON that is read", () => {
  it("has a weak tag, by which 304 is answered until it changes", async () => {
    const first = await ask("/api/items?limit=3");
    const etag = first.headers.get("ETag") ?? "";
    expect(etag).toMatch(/^W\/"[\w-]{22}"$/);
    expect(first.headers.get("Cache-Control")).toBe("private, no-cache");
    for (const known of [etag, etag.slice(2), `"x", ${etag}`, "*"]) {
      const again = await ask("/api/items?limit=3", known);
      expect(again.status, known).toBe(304);
      expect(again.headers.get("ETag")).toBe(etag);
      expect(again.headers.get("X-Request-Id")).toBeTruthy();
      expect(again.headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(again.headers.get("Content-Type")).toBeNull();
      expect(await again.text()).toBe("");
    }
    expect((await ask("/api/items?limit=3", etag, "HEAD")).status).toBe(304);
    expect((await ask("/api/items?limit=4", etag)).status).toBe(200);
    expect((await ask("/api/items?limit=3", '"x"')).status).toBe(200);
  });

  it("has none when it is an error, health, a page, or not read", async () => {
    for (const path of ["/api/items/none", "/livez", "/readyz", "/"]) {
      expect((await ask(path)).headers.get("ETag"), path).toBeNull();
    }
    const posted = await service.app.request("/predict/", {
      method: "POST",
      headers: { "Content-Type": "application/json", "If-None-Match": "*" },
      body: '{"user_id":1}',
    });
    expect([posted.status, posted.headers.get("ETag")]).toEqual([200, null]);
  });
});

it("leaves streams and what has a tag or a cache rule of its own alone", async () => {
  const app = new Hono();
  app.use(revalidateJson);
  const forever = new ReadableStream({ pull: (controller) => controller.enqueue(Buffer.from(": tick\n\n")) });
  app.get("/events", (context) => context.body(forever, 200, { "Content-Type": "text/event-stream" }));
  app.get("/own", (context) => context.json({}, 200, { ETag: '"own"' }));
  app.get("/never", (context) => context.json({}, 200, { "Cache-Control": "no-store" }));
  expect((await app.request("/events")).headers.get("ETag")).toBeNull();
  expect((await app.request("/own")).headers.get("ETag")).toBe('"own"');
  expect((await app.request("/never")).headers.get("ETag")).toBeNull();
});

it("compares weakly and whole", () => {
  expect(matchesEtag(undefined, '"a"')).toBe(false);
  expect(matchesEtag('"ab"', '"a"')).toBe(false);
  expect(matchesEtag(' "b" , W/"a"', '"a"')).toBe(true);
});
