import { expect, it } from "vitest";
import { onEveryEngine } from "../testing/temporary-records.ts";
import { listAudit } from "./audit.ts";
import {
  createToken,
  isUsable,
  listTokens,
  revokeToken,
  tokenHash,
  tokenId,
  touchToken,
  usableTokens,
} from "./tokens.ts";

const at = new Date("2026-03-01T12:34:56Z");
const later = new Date("2026-04-01T00:00:00Z");

onEveryEngine((temporaryRecords) => {
  it("shows a token once and keeps its hash, no more", async () => {
    const records = await temporaryRecords();
    const { token, stored } = await createToken(
      records,
      { name: "nightly job", role: "engineer", expiresAt: later },
      { actor: "command line", at },
    );
    expect(token).toMatch(/^tms_[0-9a-f]{12}_[0-9a-f]{64}$/);
    expect(tokenId(token)).toBe(stored.id);
    expect(stored).toEqual({
      id: tokenId(token),
      name: "nightly job",
      role: "engineer",
      hash: tokenHash(token),
      createdAt: at,
      expiresAt: later,
      lastUsedAt: null,
      revokedAt: null,
    });
    expect(await listTokens(records)).toEqual([stored]);
    const secret = token.slice(-64);
    const everything = [
      await records.selectFrom("tokens").selectAll().execute(),
      await records.selectFrom("audit").selectAll().execute(),
    ];
    expect(JSON.stringify(everything)).not.toContain(secret);
    expect((await listAudit(records)).entries).toMatchObject([
      {
        actor: "command line",
        action: "token.create",
        subject: stored.id,
        outcome: "done",
        details: { name: "nightly job", role: "engineer", expires_at: "2026-04-01T00:00:00.000Z" },
      },
    ]);
  });

  it("revokes at once, once, and says so in the audit", async () => {
    const records = await temporaryRecords();
    const { stored } = await createToken(records, { name: "a", role: "support" }, { actor: "x", at });
    const revoked = await revokeToken(records, stored.id, { actor: "lea", requestId: "r-1", at: later });
    expect(revoked.revokedAt).toEqual(later);
    expect(await usableTokens(records, later)).toEqual([]);
    const again = new Date("2026-05-01T00:00:00Z");
    expect((await revokeToken(records, stored.id, { actor: "bob", at: again })).revokedAt).toEqual(later);
    expect((await listAudit(records, { action: "token.revoke" })).entries).toMatchObject([
      { actor: "lea", subject: stored.id, requestId: "r-1", details: { name: "a" } },
    ]);
    await expect(revokeToken(records, "0123456789ab", { actor: "x" })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("is refused from the instant it expires", async () => {
    const records = await temporaryRecords();
    await createToken(records, { name: "a", role: "analyst", expiresAt: later }, { actor: "x", at });
    const [token] = await listTokens(records);
    expect(isUsable(token!, new Date(later.getTime() - 1))).toBe(true);
    expect(isUsable(token!, later)).toBe(false);
    expect(await usableTokens(records, later)).toEqual([]);
  });

  it("gives a name to one usable token at a time, also when two ask at once", async () => {
    const records = await temporaryRecords();
    const create = (when: Date) =>
      createToken(records, { name: "app", role: "analyst", expiresAt: later }, { actor: "x", at: when });
    const outcomes = await Promise.allSettled([create(at), create(at), create(at)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected"]);
    await expect(create(at)).rejects.toMatchObject({ code: "conflict" });
    await create(later); // the first is expired by then
    expect(await listTokens(records)).toHaveLength(2);
  });

  it.each(["", " a", "a ", "-a", "a\nb", "a\u0000", "<b>", "x".repeat(65), "a;b", "Loopback", "file-1"])(
    "refuses the name %j",
    async (name) => {
      const records = await temporaryRecords();
      await expect(createToken(records, { name, role: "analyst" }, { actor: "x" })).rejects.toMatchObject({
        code: "invalid_input",
      });
    },
  );

  it("remembers the minute of the last use", async () => {
    const records = await temporaryRecords();
    const { stored } = await createToken(records, { name: "é 1", role: "analyst" }, { actor: "x", at });
    await touchToken(records, stored.id, at);
    expect((await listTokens(records))[0]?.lastUsedAt).toEqual(new Date("2026-03-01T12:34:00Z"));
  });
});

it.each(["", "tms_", "tms_0123456789ab_short", `tms_0123456789AB_${"0".repeat(64)}`, "0".repeat(64)])(
  "sees no id in %j",
  (text) => {
    expect(tokenId(text)).toBeUndefined();
  },
);
