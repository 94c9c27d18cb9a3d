import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { maxBodyBytes } from "./app.ts";
import { hashToken } from "./authenticate.ts";
import { type OpenService, openService } from "./testing/open-service.ts";

let service: OpenService;
beforeAll(async () => {
  service = await openService({ newId: () => "made-id" });
});
afterAll(() => service.close());

const ask = (path: string, init?: RequestInit) => service.app.request(path, init);
const post = (body: string, headers: Record<string, string> = { "Content-Type": "application/json" }) =>
  ask("/predict/", { method: "POST", body, headers });

describe("errors", () => {
  it("are problem documents with the request id as instance", async () => {
    const answer = await ask("/nowhere?secret=1", { headers: { "X-Request-Id": "mine-1" } });
    expect(answer.status).toBe(404);
    expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
    expect(answer.headers.get("X-Request-Id")).toBe("mine-1");
    expect(await answer.json()).toEqual({
      type: "urn:tamis:problem:not-found",
      title: "Not found",
      status: 404,
      detail: "There is nothing at /nowhere.",
      instance: "mine-1",
    });
  });

  it("are pages for a browser", async () => {
    const answer = await ask("/nowhere/%3Cb%3E", { headers: { Accept: "text/html,*/*" } });
    expect(answer.status).toBe(404);
    expect(answer.headers.get("Content-Type")).toMatch(/^text\/html/);
    const html = await answer.text();
    expect(html).toContain("There is nothing at /nowhere/&lt;b&gt;.");
    expect(html).toContain("made-id");
  });

  it("name the methods that a path has", async () => {
    const answer = await ask("/predict/", { method: "GET" });
    expect(answer.status).toBe(405);
    expect(answer.headers.get("Allow")).toBe("POST");
    expect(await answer.json()).toMatchObject({ type: "urn:tamis:problem:method-not-allowed" });
  });

  it("are 400 for a body that is not JSON", async () => {
    const answer = await post('{"user_id": 1');
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ type: "urn:tamis:problem:malformed-request", status: 400 });
  });

  it("are 415 for another kind of body", async () => {
    for (const headers of [{ "Content-Type": "application/x-www-form-urlencoded" }, {}]) {
      const answer = await post('{"user_id": 1}', headers as Record<string, string>);
      expect(answer.status).toBe(415);
      expect(await answer.json()).toMatchObject({ detail: expect.stringContaining("application/json") });
    }
  });

  it("are 413 for a body over the limit, whether its length is told or not", async () => {
    const tooLong = "x".repeat(maxBodyBytes + 1);
    for (const headers of [
      { "Content-Length": String(tooLong.length) },
      { "Transfer-Encoding": "chunked" },
    ]) {
      const answer = await post(tooLong, { "Content-Type": "application/json", ...headers } as Record<
        string,
        string
      >);
      expect(answer.status).toBe(413);
      expect(answer.headers.get("Connection")).toBe("close");
      expect(await answer.json()).toMatchObject({ type: "urn:tamis:problem:payload-too-large" });
    }
  });

  it("of the server are logged with their cause and told without it", async () => {
    const broken = await openService();
    await broken.tamis.close();
    const answer = await broken.app.request("/stats", { headers: { "X-Request-Id": "broken-1" } });
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({
      type: expect.stringMatching(/^urn:tamis:problem:/),
      title: "Internal error",
      detail: "Something failed on the server. Its log has the cause under this request id.",
    });
    const failure = broken.logged.find(({ message }) => message === "request failed");
    expect(failure?.fields).toMatchObject({ requestId: "broken-1", path: "/stats" });
    expect(JSON.stringify(failure?.fields.error)).toContain("stack");
    await broken.close();
  });
});

describe("request ids", () => {
  it.each(["", "a b", "x".repeat(129), "<script>", "a;b"])("are made anew for %j", async (given) => {
    const answer = await ask("/livez", { headers: { "X-Request-Id": given } });
    expect(answer.headers.get("X-Request-Id")).toBe("made-id");
  });
});

describe("the access log", () => {
  it("has one line a request: pattern, path and status, without query and body", async () => {
    service.logged.length = 0;
    await ask("/api/items/77?token=hunter2", { headers: { Authorization: "Bearer hunter2" } });
    expect(service.logged).toHaveLength(1);
    expect(service.logged[0]).toMatchObject({
      level: "info",
      message: "request",
      fields: {
        method: "GET",
        endpoint: "/api/items/:id",
        path: "/api/items/77",
        status: 404,
        requestId: "made-id",
      },
    });
    expect(JSON.stringify(service.logged)).not.toContain("hunter2");
  });

  it("keeps what machines ask all day at debug", async () => {
    service.logged.length = 0;
    await ask("/livez");
    expect(service.logged.map(({ level }) => level)).toEqual(["debug"]);
  });
});

describe("security", () => {
  it("allows scripts and styles of its own only, none of them inline, and nobody to frame or sniff", async () => {
    const { headers } = await ask("/");
    // The hash is of the one style block that a report on drift carries with it.
    expect(headers.get("Content-Security-Policy")).toMatch(
      /^default-src 'none'; style-src 'self' 'sha256-[\w+/]{43}='; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(headers.get("X-Frame-Options")).toBe("DENY");
    expect(headers.get("Access-Control-Allow-Origin")).toBeNull();
  });

  it.each(["http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:9", "http://LOCALHOST"])(
    "answers to %s without tokens",
    async (origin) => {
      expect((await ask(`${origin}/livez`)).status).toBe(200);
    },
  );

  it.each([
    "http://evil.example",
    "http://localhost.evil.example:8080",
    "http://10.0.0.7",
    "http://127.0.0.1.nip.io",
  ])("does not answer to %s without tokens", async (origin) => {
    const answer = await ask(`${origin}/stats`);
    expect(answer.status).toBe(421);
    expect(await answer.json()).toMatchObject({ type: "urn:tamis:problem:misdirected-request" });
  });

  it("asks for a token everywhere but on health routes, assets and the page to sign in when it has tokens", async () => {
    const token = "correct-horse-battery-staple";
    const app = service.createApp({ tokenHashes: [hashToken(token)] });
    expect(app.requiresToken).toBe(true);
    const gets = app.routes.filter(({ method, path }) => method === "GET" && !path.includes("*"));
    expect(gets.length).toBeGreaterThan(10);
    const open: string[] = [];
    for (const { path } of gets) {
      const answer = await app.request(`http://service.example${path.replace(":id", "1")}`);
      if (answer.status !== 401 && !path.startsWith("/assets/")) open.push(path);
    }
    expect(open.sort()).toEqual(["/api/health", "/health", "/livez", "/login", "/predict/health", "/readyz"]);
    expect((await app.request("/predict/", { method: "POST" })).status).toBe(401);
    const answer = await app.request("http://service.example/stats", {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(200);
    expect(JSON.stringify(service.logged)).not.toContain(token);
  });
});

describe("assets", () => {
  it("have the hash of their content in the address and never change", async () => {
    const html = await (await ask("/")).text();
    const hrefs = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, href]) => href ?? "");
    expect(hrefs.length).toBeGreaterThan(4);
    for (const href of hrefs) {
      const answer = await ask(href);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("Cache-Control")).toContain("immutable");
      const again = await ask(href, { headers: { "If-None-Match": answer.headers.get("ETag") ?? "" } });
      expect(again.status).toBe(304);
      expect(await again.text()).toBe("");
    }
  });
});
