import { engineOf } from "./engine.ts";
import type { Records } from "./schema.ts";

/**
 * Runs long `work` in one transaction that holds the write lock from its start: all of it is kept or nothing,
 * also at `kill -9`. Readers go on seeing the former state until it commits; another writer waits up to 5 s and then
 * gets `unavailable`.
 *
 * `work` must send every query through `transaction`; called with a transaction, `work` joins it.
 */
export async function writeTransaction<T>(
  records: Records,
  work: (transaction: Records) => Promise<T>,
): Promise<T> {
  if (records.isTransaction) return await work(records);
  const writer = await engineOf(records).openWriter?.();
  try {
    return await (writer ?? records).transaction().execute(work);
  } finally {
    await writer?.destroy();
  }
}

/** The same for a few quick statements: on the ordinary connection. */
export async function shortTransaction<T>(
  records: Records,
  work: (transaction: Records) => Promise<T>,
): Promise<T> {
  return records.isTransaction ? await work(records) : await records.transaction().execute(work);
}
