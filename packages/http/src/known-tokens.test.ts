import { createLog, type LogRecord } from "@tamis/core";
import { createToken, listTokens, revokeToken, tokenHash } from "@tamis/storage";
import { afterEach, beforeEach, expect, it } from "vitest";
import { knownTokens } from "./known-tokens.ts";
import { type OpenService, openService } from "./testing/open-service.ts";

let service: OpenService;
let logged: LogRecord[];
let at: Date;
beforeEach(async () => {
  service = await openService();
  logged = [];
  at = new Date("2026-03-01T12:00:30Z");
});
afterEach(() => service.close());

const known = (hashes: readonly string[] = []) =>
  knownTokens({
    records: service.tamis.records,
    hashes,
    log: createLog({ sinks: [{ write: (record) => void logged.push(record) }] }),
    now: () => at,
  });
const create = (name: string, expiresAt: Date | null = null) =>
  createToken(service.tamis.records, { name, role: "analyst", expiresAt }, { actor: "test", at });
const pass = (seconds: number) => {
  at = new Date(at.getTime() + seconds * 1000);
};

it("knows whoever holds a token of the records, and no other", async () => {
  const { token, stored } = await create("app");
  const other = await create("other");
  const tokens = known();
  const actor = { name: "app", role: "analyst", tokenId: stored.id };
  expect(await tokens.holderOf(token)).toEqual(actor);
  expect(await tokens.holderOfId(stored.id)).toEqual(actor);
  const forged = token.slice(0, 17) + other.token.slice(17); // its id, somebody else's secret
  for (const wrong of [forged, `${token}0`, token.slice(0, -1), stored.hash, stored.id, "", "tms__"]) {
    expect(await tokens.holderOf(wrong), wrong).toBeUndefined();
  }
});

it("knows the tokens of a file as administrators, whichever comes first", async () => {
  const hashes = ["first-token-of-the-file", "second-token-of-the-file"].map(tokenHash);
  const tokens = known(hashes);
  for (const [n, token] of ["first-token-of-the-file", "second-token-of-the-file"].entries()) {
    const id = `file-${hashes[n]!.slice(0, 12)}`;
    expect(await tokens.holderOf(token)).toEqual({ name: id, role: "administrator", tokenId: id });
    expect(await tokens.holderOfId(id)).toMatchObject({ tokenId: id });
  }
  expect(() => known(["not a hash"])).toThrow(/64 hexadecimal digits/);
});

it("forgets a revoked token within a second, an expired one at once", async () => {
  const revoked = await create("revoked");
  const expired = await create("expired", new Date(at.getTime() + 500));
  const tokens = known();
  for (const { token } of [revoked, expired]) expect(await tokens.holderOf(token)).toBeDefined();
  await revokeToken(service.tamis.records, revoked.stored.id, { actor: "test", at });
  pass(0.5);
  expect(await tokens.holderOf(expired.token)).toBeUndefined();
  pass(0.5);
  expect(await tokens.holderOf(revoked.token)).toBeUndefined();
  expect(await tokens.holderOfId(revoked.stored.id)).toBeUndefined();
});

it("writes the minute of the last use once a minute", async () => {
  const { token } = await create("app");
  const tokens = known();
  for (let n = 0; n < 100; n++) await tokens.holderOf(token);
  await tokens.close();
  const lastUse = async () => (await listTokens(service.tamis.records))[0]?.lastUsedAt;
  expect(await lastUse()).toEqual(new Date("2026-03-01T12:00:00Z"));
  const early = new Date("2026-01-01T00:00:00Z");
  await service.tamis.records.updateTable("tokens").set({ last_used_at: early }).execute();
  await tokens.holderOf(token);
  await tokens.close();
  expect(await lastUse()).toEqual(early); // not written again in the same minute
  pass(30);
  await tokens.holderOf(token);
  await tokens.close();
  expect(await lastUse()).toEqual(new Date("2026-03-01T12:01:00Z"));
});

it("goes on with what it knew while the records cannot be read; with nothing known, nobody comes in", async () => {
  const { token } = await create("app");
  const tokens = known();
  expect(await tokens.holderOf(token)).toBeDefined();
  await service.tamis.close();
  pass(2);
  expect(await tokens.holderOf(token)).toBeDefined();
  expect(logged.map(({ message }) => message)).toContain("tokens not readable");
  await expect(known().holderOf(token)).rejects.toMatchObject({ code: "unavailable" });
});
