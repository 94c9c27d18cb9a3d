import type { ExpressionBuilder } from "kysely";
import type { Records, Schema } from "./schema.ts";
import { shortTransaction } from "./write-transaction.ts";

/** One attempt at a request that came with a key. */
export interface KeyedRequest {
  /** Whose key it is: keys of two callers never meet. */
  readonly caller: string;
  readonly key: string;
  /** Digest of the whole request: what the key stands for. */
  readonly digest: string;
  /** Names this attempt, as no other. */
  readonly holder: string;
}

/** An answer as it was given. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** `null` when it was too large to keep. */
  readonly body: string | null;
}

/**
 * `claimed`: do the work. `in_flight`: somebody does. `other_request`: the key stands for another one. `answered`: it
 * was done, and this came out.
 */
export type KeyClaim =
  | { readonly state: "claimed" | "in_flight" | "other_request" }
  | { readonly state: "answered"; readonly answer: KeptAnswer };

/** How long a key is remembered, in milliseconds. */
export const keptKeyMs = 24 * 60 * 60_000;

/**
 * Takes a key for this attempt, unless another has it and is alive: its lease is not over.
 *
 * @param leaseUntil - when this attempt counts as dead, unless {@link renewKey} says otherwise
 */
export async function claimKey(
  records: Records,
  request: KeyedRequest,
  at: Date,
  leaseUntil: Date,
): Promise<KeyClaim> {
  const { caller, key, digest, holder } = request;
  return await shortTransaction(records, async (transaction): Promise<KeyClaim> => {
    await transaction
      .deleteFrom("idempotency_keys")
      .where("created_at", "<=", new Date(at.getTime() - keptKeyMs))
      .execute();
    const taken = await transaction
      .insertInto("idempotency_keys")
      .values({ caller, key, request_digest: digest, holder, lease_until: leaseUntil, created_at: at })
      .onConflict((conflict) => conflict.columns(["caller", "key"]).doNothing())
      .returning("key")
      .executeTakeFirst();
    if (taken !== undefined) return { state: "claimed" };
    const known = await transaction
      .selectFrom("idempotency_keys")
      .selectAll()
      .where("caller", "=", caller)
      .where("key", "=", key)
      .executeTakeFirst();
    if (known === undefined) return { state: "in_flight" }; // given back this very moment
    if (known.request_digest !== digest) return { state: "other_request" };
    if (known.status !== null) {
      const { status, headers, body } = known;
      return { state: "answered", answer: { status, headers: JSON.parse(headers), body } };
    }
    if (new Date(known.lease_until) > at) return { state: "in_flight" };
    const { numUpdatedRows } = await transaction
      .updateTable("idempotency_keys")
      .set({ holder, lease_until: leaseUntil })
      .where("caller", "=", caller)
      .where("key", "=", key)
      .where("holder", "=", known.holder)
      .where("status", "is", null)
      .executeTakeFirst();
    return { state: numUpdatedRows > 0n ? "claimed" : "in_flight" };
  });
}

/** A sign of life of an attempt that takes long. */
export async function renewKey(records: Records, request: KeyedRequest, leaseUntil: Date): Promise<void> {
  await records
    .updateTable("idempotency_keys")
    .set({ lease_until: leaseUntil })
    .where(heldBy(request))
    .execute();
}

/** Keeps the answer of an attempt; of one that lost its key meanwhile nothing is kept. */
export async function keepAnswer(records: Records, request: KeyedRequest, answer: KeptAnswer): Promise<void> {
  const { status, headers, body } = answer;
  await records
    .updateTable("idempotency_keys")
    .set({ status, headers: JSON.stringify(headers), body })
    .where(heldBy(request))
    .execute();
}

/** Gives a key back: nothing was done under it. */
export async function releaseKey(records: Records, request: KeyedRequest): Promise<void> {
  await records.deleteFrom("idempotency_keys").where(heldBy(request)).execute();
}

function heldBy({ caller, key, holder }: KeyedRequest) {
  return ({ and }: ExpressionBuilder<Schema, "idempotency_keys">) => and({ caller, key, holder });
}
