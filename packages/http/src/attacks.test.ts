import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { maxBodyBytes } from "./app.ts";
import { type Service, serve } from "./serve.ts";
import { type OpenService, openService } from "./testing/open-service.ts";
import { tokensOf } from "./testing/tokens-of.ts";

let stores: OpenService;
let open: Service;
let guarded: Service;
let token: string;
beforeAll(async () => {
  stores = await openService();
  token = (await tokensOf(stores.tamis)).administrator;
  open = await serve(stores.app, { port: 0 });
  guarded = await serve(stores.createApp({ requiresToken: true }), { port: 0 });
});
afterAll(async () => {
  await open?.close();
  await guarded?.close();
  await stores?.close();
});

/** Sends bytes as they are and returns everything that comes back until the server closes. */
async function raw(service: Service, text: string): Promise<string> {
  const socket = connect(Number(new URL(service.url).port), "127.0.0.1");
  let answer = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    answer += chunk;
  });
  socket.on("error", () => {});
  socket.write(Buffer.from(text, "latin1"));
  await once(socket, "close");
  return answer;
}
const lines = (...each: string[]) => `${each.join("\r\n")}\r\n\r\n`;
const get = (target: string, ...headers: string[]) =>
  lines(`GET ${target} HTTP/1.1`, "Host: localhost", "Connection: close", ...headers);
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
const lives = async (service: Service) => expect((await fetch(`${service.url}/livez`)).status).toBe(200);

describe("a path", () => {
  it.each([
    "//stats",
    "/stats/",
    "/stats//",
    "/./stats",
    "/livez/../stats",
    "/login/../stats",
    "/assets/../stats",
    "/assets/%2e%2e/stats",
    "/assets/..%2fstats",
    "/assets/..%5cstats",
    "/%73tats",
    "/STATS",
    "/stats;/livez",
    "/stats%00/livez",
    "/stats?/livez",
    "/stats#/livez",
    "/LIVEZ",
    "/livez/",
    "http://localhost/stats",
    "http://localhost/livez/../stats",
  ])("gets nobody past the door by its spelling: %s", async (target) => {
    const answer = await raw(guarded, get(target));
    expect([400, 401, 404], answer.slice(0, 200)).toContain(statusOf(answer));
    expect(answer).not.toContain('"users"');
  });

  it.each([
    "/assets/../package.json",
    "/assets/..%2fpackage.json",
    "/assets/%2e%2e%2fpackage.json",
    "/assets/....//package.json",
    "/assets/..\\package.json",
    "/assets//etc/passwd",
    "/assets/%00",
    "/assets/",
    "/assets",
    "/../../../../etc/passwd",
  ])("gets no file that is no asset: %s", async (target) => {
    const answer = await raw(open, get(target));
    expect([400, 404], answer.slice(0, 200)).toContain(statusOf(answer));
    expect(answer).not.toContain("root:");
    expect(answer).not.toContain('"name": "@tamis');
  });

  it("of bad encoding is an error of its sender", async () => {
    for (const target of ["/%", "/%zz", "/%ff", "/api/items/%E0%A4%A"]) {
      expect(statusOf(await raw(open, get(target))), target).toBeGreaterThanOrEqual(400);
      expect(statusOf(await raw(open, get(target))), target).toBeLessThan(500);
    }
    await lives(open);
  });
});

describe("headers", () => {
  it("are not written by what a client sends", async () => {
    for (const target of [
      "/login?next=/%0d%0aX-Evil:%201",
      "/login?next=%2F%0D%0ASet-Cookie:%20evil=1",
      "/nowhere%0d%0aX-Evil:%201",
      "/api/items/%0d%0aX-Evil:%201",
    ]) {
      for (const headers of [[], ["Accept: text/html"]]) {
        const [head = ""] = (await raw(open, get(target, ...headers))).split("\r\n\r\n");
        expect(head, target).not.toMatch(/^(?:x-evil|set-cookie):/im);
      }
    }
    const echoed = await raw(open, get("/livez", "X-Request-Id: a\tb", "Origin: https://x\tx"));
    expect(echoed).not.toContain("a\tb");
  });

  it("that are too large are 431, too many no harm", async () => {
    expect(statusOf(await raw(open, get("/livez", `X-Large: ${"x".repeat(20_000)}`)))).toBe(431);
    expect(statusOf(await raw(open, get(`/${"x".repeat(20_000)}`)))).toBe(431);
    const many = Array.from({ length: 1_500 }, (_, n) => `X${n}: 1`);
    expect([200, 431]).toContain(statusOf(await raw(open, get("/livez", ...many))));
    await lives(open);
  });

  it("do not change the method", async () => {
    const overrides = ["X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE", "X-Method-Override: POST"];
    for (const override of overrides) {
      expect(statusOf(await raw(open, get("/stats", override)))).toBe(200);
      expect(statusOf(await raw(open, get("/predict/?_method=POST", override)))).toBe(405);
    }
  });

  it("name this machine, once, or are refused", async () => {
    const host = (...hosts: string[]) =>
      raw(open, lines("GET /stats HTTP/1.1", ...hosts.map((each) => `Host: ${each}`), "Connection: close"));
    for (const hosts of [[], ["evil.example"], ["evil.example", "localhost"], ["localhost@evil.example"]]) {
      expect([400, 421], hosts.join()).toContain(statusOf(await host(...hosts)));
    }
    // Of an address in the request line that differs from Host, neither gets in by the other.
    const absolute = lines("GET http://evil.example/stats HTTP/1.1", "Host: localhost", "Connection: close");
    expect([400, 421]).toContain(statusOf(await raw(open, absolute)));
  });
});

describe("a body", () => {
  it.each([
    ["arrays", "[".repeat(500_000)],
    ["closed arrays", "[".repeat(400_000) + "]".repeat(400_000)],
    ["objects", '{"a":'.repeat(150_000)],
    ["closed objects", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
    ["a nested field", `{"user_id":${"[".repeat(300_000)}${"]".repeat(300_000)}}`],
    ["a prototype", '{"__proto__":{"role":"administrator"},"constructor":{"prototype":{}},"user_id":1}'],
    ["numbers beyond all", `{"user_id":1e400,"n_recommendations":${"9".repeat(10_000)}}`],
  ])("of %s is an error of its sender, not of the server", async (_, body) => {
    const answer = await fetch(`${open.url}/predict/`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
    });
    expect([400, 422]).toContain(answer.status);
    expect(({} as { role?: string }).role).toBeUndefined();
    await lives(open);
  });

  it("in chunks without end takes no more memory than the limit", async () => {
    const socket = connect(Number(new URL(open.url).port), "127.0.0.1");
    let answer = "";
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      answer += chunk;
    });
    socket.on("error", () => {});
    socket.write(
      lines(
        "POST /predict/ HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        "Transfer-Encoding: chunked",
      ),
    );
    const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
    let sent = 0;
    while (answer === "" && sent < 100 * maxBodyBytes) {
      sent += 0x10000;
      if (!socket.write(chunk)) await Promise.race([once(socket, "drain"), once(socket, "close")]);
      await new Promise(setImmediate);
    }
    expect(statusOf(answer)).toBe(413);
    expect(sent).toBeLessThan(20 * maxBodyBytes);
    socket.destroy();
    await lives(open);
  });
});

describe("two requests in one", () => {
  const smuggled = "GET /stats HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const post = (...headers: string[]) =>
    lines("POST /predict/ HTTP/1.1", "Host: localhost", `Authorization: Bearer ${token}`, ...headers);

  it.each([
    [
      "a length and chunks",
      () => `${post("Content-Length: 4", "Transfer-Encoding: chunked")}0\r\n\r\n${smuggled}`,
    ],
    ["two lengths", () => `${post("Content-Length: 0", "Content-Length: 44")}${smuggled}`],
    ["two lengths in one", () => `${post("Content-Length: 0, 44")}${smuggled}`],
    ["an unknown coding", () => `${post("Transfer-Encoding: xchunked")}0\r\n\r\n${smuggled}`],
    ["a coding after chunked", () => `${post("Transfer-Encoding: chunked, identity")}0\r\n\r\n${smuggled}`],
    ["a blank before the colon", () => `${post("Content-Length : 0")}${smuggled}`],
    ["a folded header", () => `${post("X-A: 1", " Content-Length: 0")}${smuggled}`],
    ["a negative length", () => `${post("Content-Length: -1")}${smuggled}`],
    ["a length of another base", () => `${post("Content-Length: 0x2c")}${smuggled}`],
    ["a bad chunk", () => `${post("Transfer-Encoding: chunked")}zz\r\n${smuggled}`],
  ])("by %s are one, refused, and the connection ends", async (_, request) => {
    const answer = await raw(guarded, request());
    const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
    expect(statuses[0], answer.slice(0, 300)).toBeGreaterThanOrEqual(400);
    expect(statuses).not.toContain(200);
    await lives(guarded);
  });
});
