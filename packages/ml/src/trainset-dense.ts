import { type Id, type IdColumn, type RatingTable, type Scale, TamisError } from "@tamis/core";
import type { SparseRows } from "./sparse-rows.ts";

/**
 * The arrays behind a trainset: what the algorithms of this package compute on, never shown outside it.
 *
 * Users and items are numbered by first appearance among the rows. `byUser` (users × items) and `byItem`
 * (items × users) hold the ratings; inside a row they are in order of appearance. Each is made of the table when it is
 * first asked for and kept: most algorithms need only one of the two.
 */
export interface DenseTrainset {
  readonly users: readonly Id[];
  readonly items: readonly Id[];
  readonly scale: Scale;
  readonly ratingCount: number;
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
  const users = numberIds(table.users, rows, length);
  const items = numberIds(table.items, rows, length);
  const grouped = (by: NumberedIds, of: NumberedIds, values: Float64Array) =>
    groupTable(by, of, values, rows, length);
  let byUser: SparseRows | undefined;
  let byItem: SparseRows | undefined;
  return {
    users: users.ids,
    items: items.ids,
    scale: table.scale,
    ratingCount: length,
    globalMean: meanOf(table.ratings, rows, length),
    get byUser() {
      byUser ??= grouped(users, items, table.ratings);
      return byUser;
    },
    get byItem() {
      byItem ??= grouped(items, users, table.ratings);
      return byItem;
    },
    ratedAt: () => table.ratedAt && grouped(users, items, table.ratedAt).values,
  };
}

/** A column of a table whose ids are numbered anew: those of the rows taken, by first appearance among them. */
interface NumberedIds {
  readonly ids: readonly Id[];
  /** Of the column: `numberOf[codes[row]]` is the number of a row that is taken. */
  readonly codes: Int32Array;
  readonly numberOf: Int32Array;
}

function numberIds({ ids, codes }: IdColumn, rows: Int32Array | undefined, length: number): NumberedIds {
  const numberOf = new Int32Array(ids.length).fill(-1);
  const seen: Id[] = [];
  for (let p = 0; p < length; p++) {
    const code = codes[rows ? rows[p]! : p]!;
    if (numberOf[code]! < 0) numberOf[code] = seen.push(ids[code]!) - 1;
  }
  return { ids: seen, codes, numberOf };
}

function meanOf(ratings: Float64Array, rows: Int32Array | undefined, length: number): number {
  let sum = 0;
  for (let p = 0; p < length; p++) sum += ratings[rows ? rows[p]! : p]!;
  return sum / length;
}

/**
 * `groupRows` straight from the table, for trainsets may be large: no renumbered copy of its columns is made. A sort that
 * both could share would call a function for each rating, which takes two to three times as long.
 */
function groupTable(
  by: NumberedIds,
  of: NumberedIds,
  values: Float64Array,
  rows: Int32Array | undefined,
  length: number,
): SparseRows {
  const { ids, codes, numberOf } = by;
  const starts = new Int32Array(ids.length + 1);
  const next = new Int32Array(numberOf.length);
  for (let p = 0; p < length; p++) next[codes[rows ? rows[p]! : p]!]!++;
  for (const [code, number] of numberOf.entries()) if (number >= 0) starts[number + 1] = next[code]!;
  for (let number = 0; number < ids.length; number++) starts[number + 1]! += starts[number]!;
  for (const [code, number] of numberOf.entries()) if (number >= 0) next[code] = starts[number]!;
  const grouped = { starts, columns: new Int32Array(length), values: new Float64Array(length) };
  for (let p = 0; p < length; p++) {
    const row = rows ? rows[p]! : p;
    const place = next[codes[row]!]!++;
    grouped.columns[place] = of.numberOf[of.codes[row]!]!;
    grouped.values[place] = values[row]!;
  }
  return grouped;
}
