import { afterAll, beforeAll, expect, it } from "vitest";
import { type OpenService, openService } from "./testing/open-service.ts";
import { tokensOf } from "./testing/tokens-of.ts";

let service: OpenService;
let token: string;
beforeAll(async () => {
  service = await openService();
  token = (await tokensOf(service.tamis)).analyst;
});
afterAll(() => service.close());

const url = "http://service.example/stats";
const shop = "https://shop.example";
const allowing = () => service.createApp({ requiresToken: true, corsOrigins: [shop] });
const preflight = (origin: string) => ({
  method: "OPTIONS",
  headers: {
    Origin: origin,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
  },
});

it("is closed unless an origin is named", async () => {
  const app = service.createApp({ requiresToken: true });
  const asked = await app.request(url, { headers: { Origin: shop, Authorization: `Bearer ${token}` } });
  expect(asked.headers.get("Access-Control-Allow-Origin")).toBeNull();
  const before = await app.request(url, preflight(shop));
  expect(before.status).toBe(401);
  expect(before.headers.get("Access-Control-Allow-Origin")).toBeNull();
});

it("lets pages of the named origins call with a token, never with a cookie", async () => {
  const before = await allowing().request(url, preflight(shop));
  expect(before.status).toBe(204);
  expect(before.headers.get("Access-Control-Allow-Origin")).toBe(shop);
  expect(before.headers.get("Access-Control-Allow-Headers")).toContain("Authorization");
  expect(before.headers.get("Access-Control-Allow-Headers")).toContain("Idempotency-Key");
  expect(before.headers.get("Access-Control-Max-Age")).toBe("600");
  expect(before.headers.get("Access-Control-Allow-Credentials")).toBeNull();
  const asked = await allowing().request(url, {
    headers: { Origin: shop, Authorization: `Bearer ${token}` },
  });
  expect(asked.status).toBe(200);
  expect(asked.headers.get("Access-Control-Allow-Origin")).toBe(shop);
  expect(asked.headers.get("Access-Control-Allow-Credentials")).toBeNull();
  expect(asked.headers.get("Access-Control-Expose-Headers")).toContain("RateLimit");
  expect(asked.headers.get("Vary")).toContain("Origin");
  const refused = await allowing().request(url, { headers: { Origin: shop } });
  expect([refused.status, refused.headers.get("Access-Control-Allow-Origin")]).toEqual([401, shop]);
});

it.each(["https://evil.example", "https://shop.example.evil.example", "http://shop.example", "null"])(
  "stays closed to %s",
  async (origin) => {
    const before = await allowing().request(url, preflight(origin));
    expect(before.headers.get("Access-Control-Allow-Origin")).toBeNull();
    const asked = await allowing().request(url, { headers: { Origin: origin } });
    expect(asked.headers.get("Access-Control-Allow-Origin")).toBeNull();
    expect(asked.headers.get("Vary")).toContain("Origin");
  },
);

it.each(["*", "https://*", "shop.example", "https://shop.example/", "https://shop.example/path", "null"])(
  "takes no %s for an origin",
  (origin) => {
    expect(() => service.createApp({ corsOrigins: [origin] })).toThrow(/is not an origin/);
  },
);
