import { setTimeout as sleep } from "node:timers/promises";
import { gaveWay } from "./driver-errors.ts";
import { engineOf } from "./engine.ts";
import type { Records } from "./schema.ts";

/**
 * Runs long `work` in one transaction: all of it is kept or nothing, also at `kill -9`. Readers go on seeing the
 * former state until it commits. On SQLite it holds the write lock from its start; there and where two want to
 * write the same thing, another writer waits up to 5 s and then gets `unavailable`.
 *
 * `work` must send every query through `transaction`; called with a transaction, `work` joins it.
 *
 * @param attached - a file that the transaction reads besides: see `stageRatings`.
 */
export async function writeTransaction<T>(
  records: Records,
  work: (transaction: Records) => Promise<T>,
  attached?: string,
): Promise<T> {
  if (records.isTransaction) return await work(records);
  const { openWriter, beginLongWork } = engineOf(records);
  const writer = await openWriter?.(attached);
  try {
    return await (writer ?? records).transaction().execute(async (transaction) => {
      await beginLongWork?.(transaction);
      return await work(transaction);
    });
  } finally {
    await writer?.destroy();
  }
}

/** How often a short transaction is done again after it gave way to another one. */
const mostAttempts = 5;

/**
 * The same for a few quick statements: on the ordinary connection. `work` is done again when the engine undid it for
 * the sake of another transaction.
 */
export async function shortTransaction<T>(
  records: Records,
  work: (transaction: Records) => Promise<T>,
): Promise<T> {
  if (records.isTransaction) return await work(records);
  for (let attempt = 1; ; attempt++) {
    try {
      return await records.transaction().execute(work);
    } catch (error) {
      if (!gaveWay(error) || attempt === mostAttempts) throw error;
      await sleep(Math.random() * 20 * 2 ** attempt);
    }
  }
}

/**
 * Lets transactions that name the same thing come one after the other, from here to their end: what one of them then
 * reads, no other changes.
 */
export async function takeTurn(transaction: Records, name: string): Promise<void> {
  await engineOf(transaction).takeTurn?.(transaction, name);
}
