import { createHash } from "node:crypto";
import { createToken, listAudit, revokeToken } from "@tamis/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { App } from "./app.ts";
import { hashToken } from "./authenticate.ts";
import { type OpenService, openService } from "./testing/open-service.ts";

const fileToken = "correct-horse-battery-staple";
let service: OpenService;
let app: App;
let token: string;
let id: string;
beforeEach(async () => {
  service = await openService();
  const made = await createToken(service.tamis.records, { name: "lea", role: "analyst" }, { actor: "test" });
  token = made.token;
  id = made.stored.id;
  app = service.createApp({ tokenHashes: [hashToken("another-long-enough-token"), hashToken(fileToken)] });
});
afterEach(() => service.close());

const from = (remoteAddress: string) => ({ incoming: { socket: { remoteAddress } } });
const ask = (authorization?: string, address = "192.0.2.1") =>
  app.request(
    "http://service.example/stats",
    authorization === undefined ? {} : { headers: { Authorization: authorization } },
    from(address),
  );
const guesses = async () => {
  await app.close();
  return (await listAudit(service.tamis.records, { action: "access.guess" })).entries;
};

describe("a bearer token", () => {
  it("of a file or of the records lets in, whatever the case of the scheme", async () => {
    for (const good of [`Bearer ${fileToken}`, "bearer another-long-enough-token", `BEARER  ${token}`]) {
      expect((await ask(good)).status, good).toBe(200);
    }
  });

  it.each([undefined, "", "Bearer", `Basic ${fileToken}`, fileToken, `Bearer ${fileToken} x`])(
    "is asked for when given %j",
    async (given) => {
      const answer = await ask(given);
      expect(answer.status).toBe(401);
      expect(answer.headers.get("WWW-Authenticate")).toBe("Bearer");
    },
  );

  it("that is not known is refused, without an echo", async () => {
    const zeros = `tms_${id}_${"0".repeat(64)}`;
    for (const given of ["wrong", `${fileToken}x`, hashToken(fileToken), zeros]) {
      const answer = await ask(`Bearer ${given}`);
      expect(answer.status).toBe(401);
      expect(answer.headers.get("WWW-Authenticate")).toContain("invalid_token");
      expect(await answer.text()).not.toContain(given);
    }
  });

  it("is needed by a service that was told so, whether there is one yet or not", () => {
    expect(service.createApp({ requiresToken: true }).requiresToken).toBe(true);
    expect(service.app.requiresToken).toBe(false);
  });
});

describe("guesses", () => {
  it("end in 429 after ten from one address, also for a right token that a person chose", async () => {
    for (let n = 0; n < 10; n++) expect((await ask(`Bearer guess-${n}`)).status).toBe(401);
    const answer = await ask("Bearer guess-10");
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThanOrEqual(1);
    expect(await answer.json()).toMatchObject({ type: "urn:tamis:problem:too-many-requests" });
    expect((await ask(`Bearer ${fileToken}`)).status).toBe(429);
    expect((await ask(`Bearer ${token}`)).status).toBe(200); // nobody guesses 256 bits
    expect((await ask(`Bearer ${fileToken}`, "192.0.2.2")).status).toBe(200);
  });

  it("are audited by address, counted, and without what was shown", async () => {
    for (let n = 0; n < 30; n++) await ask(`Bearer guess-${n}`);
    await ask(`Bearer guess`, "2001:db8::1");
    const entries = await guesses();
    expect(entries.map(({ subject, details }) => [subject, details.times ?? 1]).sort()).toEqual([
      ["192.0.2.1", 1],
      ["192.0.2.1", 29],
      ["2001:db8:0:0::/64", 1],
    ]);
    expect(entries[0]).toMatchObject({ actor: "unknown", outcome: "denied" });
    expect(JSON.stringify(entries)).not.toContain("guess-");
  });

  it("tell which of our tokens was shown after it was revoked", async () => {
    await revokeToken(service.tamis.records, id, { actor: "test" });
    expect((await ask(`Bearer ${token}`)).status).toBe(401);
    expect(await guesses()).toMatchObject([{ details: { token_id: id } }]);
  });
});

describe("hashToken", () => {
  it("is the SHA-256 of the token", () => {
    expect(hashToken(fileToken)).toBe(createHash("sha256").update(fileToken).digest("hex"));
  });

  it.each(["", "CHANGE_ME", "a token with blanks"])("refuses %j", (weak) => {
    expect(() => hashToken(weak)).toThrow(/at least 16 characters/);
  });
});
