import { type Id, type RatingTable, type Scale, TamisError } from "@tamis/core";
import { groupRows, type SparseRows } from "./sparse-rows.ts";

/**
 * The arrays behind a trainset: what the algorithms of this package compute on, never shown outside it.
 *
 * Users and items are numbered by first appearance among the rows. `byUser` (users × items) and `byItem`
 * (items × users) hold the ratings; inside a row they are in order of appearance.
 */
export interface DenseTrainset {
  readonly users: readonly Id[];
  readonly items: readonly Id[];
  readonly scale: Scale;
  readonly globalMean: number;
  readonly byUser: SparseRows;
  readonly byItem: SparseRows;
  /** Unix seconds of every rating, aligned with `byUser`, NaN where it has none; `null` when none has. Computed when called. */
  ratedAt(): Float64Array | null;
}

/**
 * @param rows - the rows of the table to take, in this order; all by default
 * @throws analysis when there is no row
 */
export function denseTrainset(table: RatingTable, rows?: Int32Array): DenseTrainset {
  const length = rows?.length ?? table.length;
  if (length === 0) {
    throw new TamisError(
      "analysis",
      "There is no rating to learn from; a training set needs at least one. Import some first.",
    );
  }
  const users = renumber(table.users.codes, table.users.ids, rows, length);
  const items = renumber(table.items.codes, table.items.ids, rows, length);
  const ratings = rows ? Float64Array.from(rows, (row) => table.ratings[row]!) : table.ratings;
  let sum = 0;
  for (let p = 0; p < length; p++) sum += ratings[p]!;
  return {
    users: users.ids,
    items: items.ids,
    scale: table.scale,
    globalMean: sum / length,
    byUser: groupRows(users.ids.length, users.numbers, items.numbers, ratings),
    byItem: groupRows(items.ids.length, items.numbers, users.numbers, ratings),
    ratedAt: () => table.ratedAt && timesByUser(table, table.ratedAt, rows),
  };
}

function renumber(
  codes: Int32Array,
  ids: readonly Id[],
  rows: Int32Array | undefined,
  length: number,
): { ids: Id[]; numbers: Int32Array } {
  const numberOf = new Int32Array(ids.length).fill(-1);
  const seen: Id[] = [];
  const numbers = new Int32Array(length);
  for (let p = 0; p < length; p++) {
    const code = codes[rows ? rows[p]! : p]!;
    let number = numberOf[code]!;
    if (number < 0) {
      number = seen.length;
      numberOf[code] = number;
      seen.push(ids[code]!);
    }
    numbers[p] = number;
  }
  return { ids: seen, numbers };
}

/** The table is read again, rather than its numbered columns kept for the few who ask. */
function timesByUser(table: RatingTable, ratedAt: Float64Array, rows: Int32Array | undefined): Float64Array {
  const length = rows?.length ?? table.length;
  const users = renumber(table.users.codes, table.users.ids, rows, length);
  const times = rows ? Float64Array.from(rows, (row) => ratedAt[row]!) : ratedAt.subarray(0, length);
  return groupRows(users.ids.length, users.numbers, new Int32Array(length), times).values;
}
