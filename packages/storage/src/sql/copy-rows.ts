import { binaryCopy, type CopyBatch, type CopyType } from "./binary-copy.ts";
import { engineOf } from "./engine.ts";
import type { Records } from "./schema.ts";

export interface CopyRowsTarget {
  readonly into: string;
  /** The columns that are given, in their order. */
  readonly columns: Readonly<Record<string, CopyType>>;
  /** For a table that was made or truncated in this transaction: its rows need no later freeze. */
  readonly freeze?: boolean;
}

/** Appends rows to a table by binary COPY, as fast as the server takes them; for engines that can `copy`. */
export async function copyRows(
  transaction: Records,
  { into, columns, freeze = false }: CopyRowsTarget,
  batches: AsyncIterable<CopyBatch>,
): Promise<void> {
  const options = freeze ? "format binary, freeze" : "format binary";
  const statement = `copy ${into} (${Object.keys(columns).join(", ")}) from stdin (${options})`;
  await engineOf(transaction).copy!(transaction, statement, binaryCopy(Object.values(columns), batches));
}
