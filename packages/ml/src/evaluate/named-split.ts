import type { RatingTable } from "@tamis/core";
import { repeatedKFold, shuffleSplit } from "./shuffle-split.ts";
import { type Fold, kFold } from "./split.ts";
import { lastOfUser, leaveOneOut, strongGeneralisation } from "./split-by-user.ts";
import { timeCut } from "./time-cut.ts";

interface SplitOptions {
  readonly folds: number;
  readonly seed: number;
}

/** Of `repeated-k-fold`. */
const repeats = 3;

/** The one table of splits. */
const splits = {
  "k-fold": ({ length }, options) => kFold(length, options),
  "repeated-k-fold": ({ length }, options) => repeatedKFold(length, { ...options, repeats }),
  shuffle: ({ length }, { folds, seed }) => shuffleSplit(length, { repeats: folds, seed }),
  "leave-one-out": (table, { seed }) => [leaveOneOut(table, { seed })],
  "last-of-user": (table) => [lastOfUser(table)],
  "time-cut": (table) => [timeCut(table)],
  "strong-generalisation": (table, { seed }) => [strongGeneralisation(table, { seed })],
} satisfies Record<string, (table: RatingTable, options: SplitOptions) => Iterable<Fold>>;

/** A way to cut a table into what is learnt from and what is tested, by its name on the command line. */
export type SplitName = keyof typeof splits;

export const splitNames = Object.keys(splits) as readonly SplitName[];

/**
 * The folds of a split: `k-fold` and `shuffle` have as many as asked (of `shuffle` each tests a fifth), `repeated-k-fold` three
 * times as many, the others one.
 *
 * @throws invalid_input when the table cannot be cut so: too few ratings, or none with a time
 */
export function namedSplit(name: SplitName, table: RatingTable, options: SplitOptions): Iterable<Fold> {
  const split: (table: RatingTable, options: SplitOptions) => Iterable<Fold> = splits[name];
  return split(table, options);
}
