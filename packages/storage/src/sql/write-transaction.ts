import { TamisError } from "@tamis/core";
import type { Records } from "./schema.ts";

/**
 * Runs `work` in one transaction that holds the write lock from its start: all of it is kept or nothing.
 * Readers go on seeing the former state until it commits. Every query of `work` must use `transaction`.
 */
export async function writeTransaction<T>(
  _records: Records,
  _work: (transaction: Records) => Promise<T>,
): Promise<T> {
  throw new TamisError("unsupported", "writeTransaction is being written.");
}
