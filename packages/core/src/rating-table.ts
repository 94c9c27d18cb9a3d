import { canonicalId, type Id } from "./id.ts";
import type { Rating, Scale } from "./rating.ts";

/**
 * A dictionary-encoded column of ids, as Arrow and Parquet have it: `ids[codes[row]]` is the id of a row.
 *
 * `ids` holds each id once, in order of first appearance: the first row has code 0.
 */
export interface IdColumn {
  readonly ids: readonly Id[];
  readonly codes: Int32Array;
}

/**
 * Ratings as columns, all of length `length`: what a snapshot is read into and what a trainset is made from.
 *
 * `ratings` are in units of the scale; `ratedAt` is Unix seconds, `NaN` where a row has none, or `null` when no
 * row has one. Row order is the order of the source file.
 */
export interface RatingTable {
  readonly length: number;
  readonly users: IdColumn;
  readonly items: IdColumn;
  readonly ratings: Float64Array;
  readonly ratedAt: Float64Array | null;
  readonly scale: Scale;
}

/**
 * Builds a {@link RatingTable} from rows, keeping their order. Duplicate pairs are kept: deciding about them is
 * the import's work.
 *
 * @param scale - the values a rating may take; by default the lowest and highest rating seen
 * (`{ min: 0, max: 1 }` for no rows, one unit wide when all rows are equal).
 */
export function ratingTable(rows: Iterable<Rating>, scale?: Scale): RatingTable {
  const users = idColumnBuilder();
  const items = idColumnBuilder();
  const ratings: number[] = [];
  const ratedAt: number[] = [];
  let timed = false;
  for (const row of rows) {
    users.push(row.userId);
    items.push(row.itemId);
    ratings.push(row.rating);
    ratedAt.push(row.ratedAt ?? Number.NaN);
    timed ||= row.ratedAt !== null && row.ratedAt !== undefined;
  }
  return {
    length: ratings.length,
    users: users.column(),
    items: items.column(),
    ratings: Float64Array.from(ratings),
    ratedAt: timed ? Float64Array.from(ratedAt) : null,
    scale: scale ?? observedScale(ratings),
  };
}

function idColumnBuilder(): { push(id: Id): void; column(): IdColumn } {
  const known = new Map<Id, number>();
  const codes: number[] = [];
  return {
    push(raw) {
      const id = canonicalId(raw);
      let code = known.get(id);
      if (code === undefined) {
        code = known.size;
        known.set(id, code);
      }
      codes.push(code);
    },
    column: () => ({ ids: [...known.keys()], codes: Int32Array.from(codes) }),
  };
}

function observedScale(ratings: readonly number[]): Scale {
  if (ratings.length === 0) return { min: 0, max: 1 };
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const rating of ratings) {
    if (rating < min) min = rating;
    if (rating > max) max = rating;
  }
  return min < max ? { min, max } : { min, max: min + 1 };
}
