import { type RatingTable, TamisError } from "@tamis/core";
import type { Fold } from "./split.ts";
import { rowsWhere, timesOf } from "./split-by-user.ts";

/**
 * Cuts at an instant: what was rated before it is learnt from, what was rated at it or later is tested. It leaks
 * nothing. Rows without a time are learnt from.
 *
 * @param options - `at`: Unix seconds; or `testShare` of the rows with a time, the newest ones (0.2 by default; ratings
 * of one second stay together, so that it may be a little more)
 * @throws invalid_input when no rating has a time, or one side is empty
 */
export function timeCut(
  table: RatingTable,
  { at, testShare = 0.2 }: { at?: number; testShare?: number } = {},
): Fold {
  const ratedAt = timesOf(table);
  const cut = at ?? instantOf(ratedAt, testShare);
  const isLater = (row: number) => ratedAt[row]! >= cut;
  const fold = { train: rowsWhere(table, (row) => !isLater(row)), test: rowsWhere(table, isLater) };
  if (fold.train.length > 0 && fold.test.length > 0) return fold;
  throw new TamisError(
    "invalid_input",
    `A cut at ${at ?? `the newest share of ${testShare}`} leaves nothing to train on or nothing to test.`,
  );
}

function instantOf(ratedAt: Float64Array, testShare: number): number {
  const times = ratedAt.filter((time) => !Number.isNaN(time)).sort();
  const first = times.length - Math.round(times.length * testShare);
  return times[first] ?? Number.POSITIVE_INFINITY;
}
