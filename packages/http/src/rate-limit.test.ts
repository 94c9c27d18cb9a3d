import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OpenService, openService } from "./testing/open-service.ts";
import { tokensOf } from "./testing/tokens-of.ts";

let service: OpenService;
let tokens: Awaited<ReturnType<typeof tokensOf>>;
beforeAll(async () => {
  service = await openService();
  tokens = await tokensOf(service.tamis);
});
afterAll(() => service.close());

const from = (remoteAddress: string) => ({ incoming: { socket: { remoteAddress } } });

describe("the rate limit", () => {
  it("is each token's own, tells what is left, and ends in 429", async () => {
    const app = service.createApp({ requiresToken: true, rateLimit: { perSecond: 0.01, burst: 3 } });
    const ask = (token: string, path = "/stats") =>
      app.request(`http://service.example${path}`, { headers: { Authorization: `Bearer ${token}` } });
    for (const left of [2, 1, 0]) {
      const answer = await ask(tokens.analyst);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("RateLimit-Policy")).toBe('"default";q=3;w=300');
      expect(answer.headers.get("RateLimit")).toMatch(new RegExp(`^"default";r=${left};t=\\d+$`));
    }
    const refused = await ask(tokens.analyst);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("Content-Type")).toBe("application/problem+json");
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(90);
    expect(await refused.json()).toMatchObject({ type: "urn:tamis:problem:too-many-requests", status: 429 });
    expect((await ask(tokens.support)).status).toBe(200);
    for (let n = 0; n < 10; n++) {
      const answer = await ask(tokens.support, "/metrics");
      expect(answer.status).toBe(200);
      expect(answer.headers.get("RateLimit")).toBeNull();
    }
  });

  it("is each address's own where there is no token; health is free", async () => {
    const app = service.createApp({ requiresToken: true, rateLimit: { perSecond: 0.01, burst: 2 } });
    const ask = async (path: string, address: string) =>
      (await app.request(`http://service.example${path}`, {}, from(address))).status;
    expect([await ask("/stats", "192.0.2.1"), await ask("/login", "192.0.2.1")]).toEqual([401, 200]);
    expect([await ask("/stats", "192.0.2.1"), await ask("/login", "192.0.2.1")]).toEqual([429, 429]);
    expect(await ask("/login", "192.0.2.2")).toBe(200);
    for (let n = 0; n < 10; n++) expect(await ask("/livez", "192.0.2.1")).toBe(200);
  });

  it("counts the client behind a proxy of ours, and no address that a client makes up", async () => {
    const limited = { requiresToken: true, rateLimit: { perSecond: 0.01, burst: 1 } };
    const ask = async (app: ReturnType<typeof service.createApp>, forwarded: string) =>
      (
        await app.request(
          "http://service.example/login",
          { headers: { "X-Forwarded-For": forwarded } },
          from("10.0.0.1"),
        )
      ).status;
    const bare = service.createApp(limited);
    expect([await ask(bare, "1.1.1.1"), await ask(bare, "2.2.2.2")]).toEqual([200, 429]);
    const behind = service.createApp({ ...limited, trustedProxies: 1 });
    expect([await ask(behind, "1.1.1.1"), await ask(behind, "2.2.2.2")]).toEqual([200, 200]);
    expect(await ask(behind, "3.3.3.3, 2.2.2.2")).toBe(429);
  });

  it("is 500 a second and 1,000 at once with tokens, and off without", async () => {
    const policy = async (app: ReturnType<typeof service.createApp>) =>
      (
        await app.request("http://localhost/stats", {
          headers: { Authorization: `Bearer ${tokens.analyst}` },
        })
      ).headers.get("RateLimit-Policy");
    expect(await policy(service.createApp({ requiresToken: true }))).toBe('"default";q=1000;w=2');
    expect(await policy(service.createApp({ requiresToken: true, rateLimit: { perSecond: 0 } }))).toBeNull();
    expect(await policy(service.app)).toBeNull();
    expect(await policy(service.createApp({ rateLimit: { perSecond: 5 } }))).toBe('"default";q=10;w=2');
  });
});
