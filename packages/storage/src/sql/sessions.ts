import { createHash, randomBytes } from "node:crypto";
import type { Records } from "./schema.ts";

/** How long a browser stays signed in, in milliseconds. */
export interface SessionLimits {
  /** Without a request. @default 30 minutes */
  readonly idleMs?: number;
  /** Whatever it does. @default 12 hours */
  readonly absoluteMs?: number;
}

const minute = 60_000;
const defaults = { idleMs: 30 * minute, absoluteMs: 12 * 60 * minute } as const;

/**
 * Signs a browser in; sessions that are over are removed.
 *
 * @param tokenId - the token that it showed
 * @returns what its cookie holds, 256 random bits; the records keep the SHA-256 of it
 */
export async function beginSession(
  records: Records,
  tokenId: string,
  at: Date,
  { absoluteMs = defaults.absoluteMs }: SessionLimits = {},
): Promise<string> {
  const secret = randomBytes(32).toString("base64url");
  await records
    .deleteFrom("sessions")
    .where("created_at", "<=", new Date(at.getTime() - absoluteMs))
    .execute();
  await records
    .insertInto("sessions")
    .values({ hash: hashOf(secret), token_id: tokenId, created_at: at, seen_at: at })
    .execute();
  return secret;
}

/**
 * The token that a browser signed in with, `undefined` when its session is over. Being asked keeps it alive; that is
 * written once a minute.
 */
export async function tokenOfSession(
  records: Records,
  secret: string,
  at: Date,
  { idleMs = defaults.idleMs, absoluteMs = defaults.absoluteMs }: SessionLimits = {},
): Promise<string | undefined> {
  const hash = hashOf(secret);
  const row = await records
    .selectFrom("sessions")
    .select(["token_id", "created_at", "seen_at"])
    .where("hash", "=", hash)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const age = (since: Date | string) => at.getTime() - new Date(since).getTime();
  if (age(row.created_at) >= absoluteMs || age(row.seen_at) >= idleMs) return undefined;
  if (age(row.seen_at) >= minute) {
    await records.updateTable("sessions").set({ seen_at: at }).where("hash", "=", hash).execute();
  }
  return row.token_id;
}

/** Signs a browser out; a session that is not there changes nothing. */
export async function endSession(records: Records, secret: string): Promise<void> {
  await records.deleteFrom("sessions").where("hash", "=", hashOf(secret)).execute();
}

function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
