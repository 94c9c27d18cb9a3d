import { createRandom, type RatingTable, TamisError } from "@tamis/core";
import type { Fold } from "./split.ts";

/**
 * Holds one rating of every user out, at random. Users with a single rating are trained on and not tested.
 *
 * @throws invalid_input when no user has two ratings
 */
export function leaveOneOut(table: RatingTable, { seed = 42 }: { seed?: number } = {}): Fold {
  const random = createRandom(seed);
  return holdOut(table, (rows) => (rows.length < 2 ? [] : [rows[random.integer(rows.length)]!]));
}

/**
 * Holds the last `n` ratings of every user out: by time, at equal times and without one in the table's order, rows
 * without a time first. Users with `n` ratings or fewer are trained on and not tested. The future of other users stays
 * in training: see {@link timeCut} for none of it.
 *
 * @throws invalid_input when no rating has a time, `n` is not 1 or more, or no user has more than `n` ratings
 */
export function lastOfUser(table: RatingTable, { n = 1 }: { n?: number } = {}): Fold {
  const ratedAt = timesOf(table);
  if (!Number.isInteger(n) || n < 1) {
    throw new TamisError(
      "invalid_input",
      `The last ${n} ratings cannot be held out; give a whole number of 1 or more.`,
    );
  }
  const time = (row: number) => (Number.isNaN(ratedAt[row]!) ? Number.NEGATIVE_INFINITY : ratedAt[row]!);
  return holdOut(table, (rows) =>
    rows.length <= n ? [] : [...rows].sort((a, b) => compare(time(a), time(b)) || a - b).slice(-n),
  );
}

/**
 * Holds whole users out, to see how a model serves people it has never seen: it learns from the others, is shown
 * a share of each held-out user's ratings as their `history`, and is tested on the rest (strong generalisation).
 *
 * @param options - `users`: how many to hold out, a tenth by default. `historyShare` of each one's ratings, drawn at
 * random and rounded up, 0.8 by default; at least one rating is tested. Users with one rating are not held out.
 * @throws invalid_input when there are not that many users with two ratings, and one more
 * @source Marlin, "Collaborative Filtering: A Machine Learning Perspective", 2004, section 3.3; the shares of Liang,
 * Krishnan, Hoffman, Jebara, WWW 2018
 */
export function strongGeneralisation(
  table: RatingTable,
  { users, historyShare = 0.8, seed = 42 }: { users?: number; historyShare?: number; seed?: number } = {},
): Fold {
  const rowsOf = rowsByUser(table);
  const wanted = users ?? Math.max(1, Math.round(rowsOf.length / 10));
  if (!(historyShare > 0 && historyShare < 1)) {
    throw new TamisError("invalid_input", `historyShare is ${historyShare}; it must be above 0 and below 1.`);
  }
  const random = createRandom(seed);
  const able = Int32Array.from([...rowsOf.keys()].filter((user) => rowsOf[user]!.length >= 2));
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > able.length || wanted >= rowsOf.length) {
    throw new TamisError(
      "invalid_input",
      `${wanted} users cannot be held out of ${rowsOf.length}, ${able.length} of whom have two ratings or more.`,
    );
  }
  const held = new Set(random.shuffle(able).subarray(0, wanted));
  const history: number[] = [];
  const test: number[] = [];
  for (const [user, rows] of rowsOf.entries()) {
    if (!held.has(user)) continue;
    const shown = Math.min(rows.length - 1, Math.ceil(rows.length * historyShare));
    const shuffled = random.shuffle(rows.slice());
    history.push(...shuffled.slice(0, shown));
    test.push(...shuffled.slice(shown));
  }
  return {
    train: rowsWhere(table, (row) => !held.has(table.users.codes[row]!)),
    history: Int32Array.from(history),
    test: Int32Array.from(test),
  };
}

/** The times of a table that has some. @throws invalid_input when it has none */
export function timesOf({ ratedAt }: RatingTable): Float64Array {
  if (ratedAt !== null) return ratedAt;
  throw new TamisError(
    "invalid_input",
    "No rating has a time, so there is no last one; use kFold or leaveOneOut.",
  );
}

/** The rows for which something holds, in the table's order. */
export function rowsWhere({ length }: RatingTable, holds: (row: number) => boolean): Int32Array {
  return Int32Array.from({ length }, (_, row) => row).filter(holds);
}

function holdOut(table: RatingTable, choose: (rows: readonly number[]) => readonly number[]): Fold {
  const test = rowsByUser(table).flatMap((rows) => choose(rows));
  if (test.length === 0) {
    throw new TamisError("invalid_input", "No user has enough ratings for one to be held out.");
  }
  const tested = new Set(test);
  return { train: rowsWhere(table, (row) => !tested.has(row)), test: Int32Array.from(test) };
}

function rowsByUser({ users, length }: RatingTable): number[][] {
  const rows: number[][] = users.ids.map(() => []);
  for (let row = 0; row < length; row++) rows[users.codes[row]!]!.push(row);
  return rows;
}

function compare(a: number, b: number): number {
  return a < b ? -1 : Number(a > b);
}
