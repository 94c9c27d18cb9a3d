import { createToken, revokeToken } from "@tamis/storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { App } from "../app.ts";
import { hashToken } from "../authenticate.ts";
import { type OpenService, openService } from "../testing/open-service.ts";

const fileToken = "correct-horse-battery-staple";
const origin = "http://service.example";
let service: OpenService;
let app: App;
let token: string;
let tokenId: string;
let at = new Date("2026-03-01T12:00:00Z");
beforeAll(async () => {
  service = await openService({ now: () => at });
  const made = await createToken(
    service.tamis.records,
    { name: "Léa", role: "engineer" },
    { actor: "t", at },
  );
  token = made.token;
  tokenId = made.stored.id;
  app = service.createApp({ requiresToken: true, tokenHashes: [hashToken(fileToken)] });
});
afterAll(() => service.close());

const page = (path: string, cookie?: string) =>
  app.request(origin + path, { headers: { Accept: "text/html", ...(cookie && { Cookie: cookie }) } });
const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  app.request(origin + path, {
    method: "POST",
    body: new URLSearchParams(form),
    headers: { "Sec-Fetch-Site": "same-origin", ...headers },
  });
const cookieOf = (answer: Response) => answer.headers.get("Set-Cookie")?.split(";")[0] ?? "";
const signIn = async (with_ = token) => cookieOf(await post("/login", { token: with_ }));

describe("signing in", () => {
  it("is where a page sends whoever is not, and comes back from", async () => {
    const sent = await page("/recommend?user=1&n=3");
    expect(sent.status).toBe(303);
    const to = sent.headers.get("Location") ?? "";
    expect(to).toBe("/login?next=%2Frecommend%3Fuser%3D1%26n%3D3");
    const form = await (await page(to)).text();
    expect(form).toContain('<input type="hidden" name="next" value="/recommend?user=1&amp;n=3"/>');
    expect(form).toContain('type="password"');
    const answer = await post("/login", { token: ` ${token}\n`, next: "/recommend?user=1&n=3" });
    expect(answer.status).toBe(303);
    expect(answer.headers.get("Location")).toBe("/recommend?user=1&n=3");
  });

  it("gives a cookie that scripts, other sites and plain HTTP do not get", async () => {
    const plain = (await post("/login", { token })).headers.get("Set-Cookie");
    expect(plain).toMatch(/^tamis_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    const tls = (await post("/login", { token }, { "X-Forwarded-Proto": "https" })).headers.get("Set-Cookie");
    expect(tls).toMatch(/^__Host-tamis_session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    expect(plain).not.toContain(token.slice(-64));
  });

  it("shows who is signed in, on every page, with a way out", async () => {
    const html = await (await page("/", await signIn())).text();
    expect(html).toContain("Léa");
    expect(html).toContain("(engineer)");
    expect(html).toContain('action="/logout"');
    expect(await (await page("/login")).text()).not.toContain("/logout");
  });

  it("works with a token of a file, too", async () => {
    expect((await page("/", await signIn(fileToken))).status).toBe(200);
  });

  it.each(["wrong", "", `tms_0123456789ab_${"0".repeat(64)}`])(
    "says so when %j is not known",
    async (wrong) => {
      const answer = await post("/login", { token: wrong, next: "/recommend" });
      expect(answer.status).toBe(401);
      expect(answer.headers.get("Set-Cookie")).toBeNull();
      const html = await answer.text();
      expect(html).toContain("This token is not known");
      expect(html).toContain('value="/recommend"');
    },
  );

  it.each([
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "/.//evil.example",
  ])("goes to no other site: %j", async (next) => {
    const answer = await post("/login", { token, next });
    expect(answer.headers.get("Location")).toBe("/");
    expect(await (await page(`/login?${new URLSearchParams({ next })}`)).text()).toContain(
      'name="next" value="/"',
    );
  });

  it("is not asked for without tokens", async () => {
    const answer = await service.app.request("/login?next=/recommend");
    expect([answer.status, answer.headers.get("Location")]).toEqual([303, "/recommend"]);
    expect(await (await service.app.request("/")).text()).not.toContain("/logout");
  });
});

describe("a session", () => {
  it("ends with signing out, on the server too", async () => {
    const cookie = await signIn();
    expect((await page("/", cookie)).status).toBe(200);
    const out = await post("/logout", {}, { Cookie: cookie });
    expect(out.headers.get("Location")).toBe("/login");
    expect(out.headers.get("Set-Cookie")).toMatch(/^tamis_session=; Max-Age=0/);
    expect((await page("/", cookie)).status).toBe(303);
  });

  it("ends when a new one begins, so that nobody is handed an old one", async () => {
    const first = await signIn();
    await post("/login", { token }, { Cookie: first });
    expect((await page("/", first)).status).toBe(303);
  });

  it("ends after half an hour without a request", async () => {
    const cookie = await signIn();
    at = new Date(at.getTime() + 29 * 60_000);
    expect((await page("/", cookie)).status).toBe(200);
    at = new Date(at.getTime() + 30 * 60_000);
    expect((await page("/", cookie)).status).toBe(303);
  });

  it("may do what the token's role may, and is no cookie of another's making", async () => {
    const cookie = await signIn();
    expect((await app.request(`${origin}/api/models`, { headers: { Cookie: cookie } })).status).toBe(200);
    for (const forged of ["tamis_session=", `tamis_session=${"A".repeat(43)}`, `x=${cookie.split("=")[1]}`]) {
      expect((await page("/", forged)).status, forged).toBe(303);
    }
  });

  it("ends with its token", async () => {
    const cookie = await signIn();
    await revokeToken(service.tamis.records, tokenId, { actor: "test", at });
    at = new Date(at.getTime() + 1_000);
    expect((await page("/", cookie)).status).toBe(303);
  });
});

describe("another site", () => {
  const json = { "Content-Type": "application/json" };
  const predict = (headers: Record<string, string>, to = app, at = origin) =>
    to.request(`${at}/predict/`, { method: "POST", body: '{"user_id":1}', headers: { ...json, ...headers } });

  it("cannot use a session: what is not a read must come from our own pages", async () => {
    const cookie = await signIn(fileToken);
    const with_ = (headers: Record<string, string>) =>
      predict({ Cookie: cookie, Host: "service.example", ...headers });
    for (const ours of [
      { "Sec-Fetch-Site": "same-origin" },
      { "Sec-Fetch-Site": "none" },
      { Origin: "https://service.example" },
    ]) {
      expect((await with_(ours)).status, JSON.stringify(ours)).not.toBe(403);
    }
    for (const theirs of [
      {},
      { "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "same-site" },
      { Origin: "https://evil.example" },
      { Origin: "null" },
      { Origin: "https://service.example.evil.example" },
      { "Sec-Fetch-Site": "cross-site", Origin: "https://service.example" },
    ]) {
      expect((await with_(theirs)).status, JSON.stringify(theirs)).toBe(403);
    }
  });

  it("cannot sign a browser in or out", async () => {
    for (const path of ["/login", "/logout"]) {
      const answer = await post(path, { token }, { "Sec-Fetch-Site": "cross-site" });
      expect(answer.status).toBe(403);
      expect(answer.headers.get("Set-Cookie")).toBeNull();
    }
  });

  it("is none of a bearer token's business", async () => {
    const bearer = { Authorization: `Bearer ${fileToken}`, "Sec-Fetch-Site": "cross-site" };
    expect((await predict(bearer)).status).not.toBe(403);
  });

  it("cannot use a service without tokens on this machine; a program and our pages can", async () => {
    const local = (headers: Record<string, string>) =>
      predict({ Host: "localhost:8080", ...headers }, service.app, "http://localhost:8080");
    expect((await local({})).status).not.toBe(403);
    expect((await local({ Origin: "http://localhost:8080" })).status).not.toBe(403);
    expect((await local({ Origin: "http://localhost:3000" })).status).toBe(403);
    expect((await local({ "Sec-Fetch-Site": "cross-site" })).status).toBe(403);
    const allowing = service.createApp({ corsOrigins: ["http://localhost:3000"] });
    const answer = await predict(
      { Host: "localhost:8080", Origin: "http://localhost:3000", "Sec-Fetch-Site": "same-site" },
      allowing,
      "http://localhost:8080",
    );
    expect(answer.status).not.toBe(403);
  });
});
