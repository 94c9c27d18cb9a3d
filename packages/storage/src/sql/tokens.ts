import { createHash, randomBytes } from "node:crypto";
import { type Role, TamisError } from "@tamis/core";
import type { Selectable } from "kysely";
import { writeAudit } from "./audit.ts";
import type { Records, Schema } from "./schema.ts";
import { shortTransaction, takeTurn } from "./write-transaction.ts";

/** What is kept of a token; the token itself is nowhere. */
export interface StoredToken {
  /** The public part of the token, 12 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** SHA-256 of the token, 64 hexadecimal digits. */
  readonly hash: string;
  readonly createdAt: Date;
  /** From when on it is refused; `null`: never. */
  readonly expiresAt: Date | null;
  /** When it last let somebody in, to the minute. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

export interface NewToken {
  /** What it is for, 1 to 64 characters; no two usable tokens have the same. */
  readonly name: string;
  readonly role: Role;
  /** @default null: never */
  readonly expiresAt?: Date | null;
}

/** Who makes or revokes a token, for the audit. */
export interface TokenChange {
  readonly actor: string;
  readonly requestId?: string | undefined;
  /** @default now */
  readonly at?: Date | undefined;
}

/** A secret older than this, in days, should be replaced. */
export const maxSecretDays = 90;

const tokenForm = /^tms_([0-9a-f]{12})_[0-9a-f]{64}$/;
/** What the audit calls those who have no token. */
const reservedNames = /^(?:loopback|command line|schedule|others|unknown|file-.*)$/i;
const nameForm = /^[\p{L}\p{N}](?:[\p{L}\p{N} ._@-]{0,62}[\p{L}\p{N}._-])?$/u;

/**
 * Makes a token, `tms_ID_SECRET` with 256 random bits of secret, and keeps its SHA-256.
 *
 * @returns the token, which cannot be had again, and what is kept of it
 * @throws invalid_input for a name that is none; conflict when a usable token has it
 */
export async function createToken(
  records: Records,
  { name, role, expiresAt = null }: NewToken,
  { actor, requestId, at = new Date() }: TokenChange,
): Promise<{ readonly token: string; readonly stored: StoredToken }> {
  checkName(name);
  const id = randomBytes(6).toString("hex");
  const token = `tms_${id}_${randomBytes(32).toString("hex")}`;
  const stored = { id, name, role, hash: tokenHash(token), createdAt: at, expiresAt };
  await shortTransaction(records, async (transaction) => {
    await takeTurn(transaction, "tokens");
    const usable = await usableTokens(transaction, at);
    if (usable.some((other) => other.name === name)) {
      throw new TamisError(
        "conflict",
        `A token named “${name}” is in use. Revoke it, or choose another name.`,
      );
    }
    await transaction
      .insertInto("tokens")
      .values({ id, name, role, hash: stored.hash, created_at: at, expires_at: expiresAt })
      .execute();
    const details = { name, role, expires_at: expiresAt?.toISOString() ?? null };
    await writeAudit(
      transaction,
      { actor, action: "token.create", subject: id, outcome: "done", requestId, details },
      at,
    );
  });
  return { token, stored: { ...stored, lastUsedAt: null, revokedAt: null } };
}

/**
 * Refuses a token from now on; one that is revoked already stays as it is.
 *
 * @throws not_found
 */
export async function revokeToken(
  records: Records,
  id: string,
  { actor, requestId, at = new Date() }: TokenChange,
): Promise<StoredToken> {
  return await shortTransaction(records, async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable("tokens")
      .set({ revoked_at: at })
      .where("id", "=", id)
      .where("revoked_at", "is", null)
      .executeTakeFirst();
    const row = await transaction.selectFrom("tokens").selectAll().where("id", "=", id).executeTakeFirst();
    if (row === undefined) {
      throw new TamisError("not_found", `There is no token ${id}. List them with: tamis token list`);
    }
    if (numUpdatedRows > 0n) {
      await writeAudit(
        transaction,
        {
          actor,
          action: "token.revoke",
          subject: id,
          outcome: "done",
          requestId,
          details: { name: row.name },
        },
        at,
      );
    }
    return toToken(row);
  });
}

/** Every token there ever was, newest first. */
export async function listTokens(records: Records): Promise<StoredToken[]> {
  const rows = await records
    .selectFrom("tokens")
    .selectAll()
    .orderBy("created_at", "desc")
    .orderBy("id")
    .execute();
  return rows.map(toToken);
}

/** The tokens that let somebody in at that time. */
export async function usableTokens(records: Records, at: Date = new Date()): Promise<StoredToken[]> {
  return (await listTokens(records)).filter((token) => isUsable(token, at));
}

/** Whether a token is neither revoked nor expired. */
export function isUsable({ expiresAt, revokedAt }: StoredToken, at: Date): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > at);
}

/** Remembers that a token let somebody in; `at` is kept to the minute. */
export async function touchToken(records: Records, id: string, at: Date): Promise<void> {
  await records
    .updateTable("tokens")
    .set({ last_used_at: new Date(Math.floor(at.getTime() / 60_000) * 60_000) })
    .where("id", "=", id)
    .execute();
}

/** What is kept of a token: its SHA-256, 64 hexadecimal digits. */
export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** The public part of a token, `undefined` when it has not the form of one of ours. */
export function tokenId(token: string): string | undefined {
  return tokenForm.exec(token)?.[1];
}

function checkName(name: string): void {
  if (!nameForm.test(name)) {
    throw new TamisError(
      "invalid_input",
      "The name of a token is 1 to 64 letters, digits, blanks and . _ @ - and begins with a letter or digit.",
    );
  }
  if (reservedNames.test(name)) {
    throw new TamisError("invalid_input", `“${name}” means somebody else in the audit; choose another name.`);
  }
}

function toToken(row: Selectable<Schema["tokens"]>): StoredToken {
  const instant = (value: Date | string | null) => (value === null ? null : new Date(value));
  return {
    id: row.id,
    name: row.name,
    role: row.role as Role, // one that is not known may do nothing
    hash: row.hash,
    createdAt: new Date(row.created_at),
    expiresAt: instant(row.expires_at),
    lastUsedAt: instant(row.last_used_at),
    revokedAt: instant(row.revoked_at),
  };
}
