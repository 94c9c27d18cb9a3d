import type { RatingTable } from "@tamis/core";

export interface Activity {
  /** Ratings that a user has at least. @default 0: everybody */
  readonly minUserRatings?: number | undefined;
  /** Ratings that an item has at least. @default 0: everything */
  readonly minItemRatings?: number | undefined;
}

/**
 * The rows of active users and items, in order. Both rules are applied again and again until neither takes anything out
 * (to a fixed point): with 50 and 100, every user left has 50 ratings or more of the items left, each of which has
 * 100 or more by the users left.
 */
export function activeRows(
  { length, users, items }: RatingTable,
  { minUserRatings = 0, minItemRatings = 0 }: Activity,
): Int32Array {
  let rows = Int32Array.from({ length }, (_, row) => row);
  for (;;) {
    const ofUser = countCodes(rows, users.codes, users.ids.length);
    const ofItem = countCodes(rows, items.codes, items.ids.length);
    const active = rows.filter(
      (row) => ofUser[users.codes[row]!]! >= minUserRatings && ofItem[items.codes[row]!]! >= minItemRatings,
    );
    if (active.length === rows.length) return active;
    rows = active;
  }
}

function countCodes(rows: Int32Array, codes: Int32Array, length: number): Uint32Array {
  const counts = new Uint32Array(length);
  for (const row of rows) counts[codes[row]!]!++;
  return counts;
}
