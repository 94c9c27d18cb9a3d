import { type OnProgress, type RatingTable, TamisError } from "@tamis/core";
import type { Model, ModelOptions, Recommender } from "../recommender.ts";
import { createTrainset } from "../trainset.ts";
import { mae, rmse } from "./accuracy.ts";
import { type ErrorIntervals, errorIntervals, type UserErrors, userErrors } from "./error-by-user.ts";
import { estimateRows } from "./estimate-rows.ts";
import { countPairs } from "./fcp.ts";
import { type FutureLeak, futureLeak } from "./future-leak.ts";
import { type Fold, foldsFromPermutation, kFold } from "./split.ts";

export interface CrossValidationOptions {
  /** @default 3 */
  readonly folds?: number;
  /** Seed of the shuffle, and of every fit. @default 42 */
  readonly seed?: number;
  /** Row positions in the order to cut, instead of a shuffle; each once. */
  readonly permutation?: Int32Array;
  /** Folds made otherwise (by time, by user…), instead of `folds` and `permutation`. */
  readonly splits?: Iterable<Fold>;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** How well a recommender predicts ratings it has not seen. */
export interface CrossValidation {
  /** Name of the algorithm. */
  readonly model: string;
  readonly options: ModelOptions;
  readonly folds: readonly FoldResult[];
  readonly rmse: Spread;
  readonly mae: Spread;
  /** `null` when a fold has none. */
  readonly fcp: Spread | null;
  /** 95 % bootstrap intervals of the means, from drawing users (with all their test rows) again and again. */
  readonly intervals: ErrorIntervals;
  /** At most one for each fold. */
  readonly warnings: readonly FutureLeak[];
}

/** Errors in units of the scale; seconds of `fit` on a ready trainset, and of all predictions. */
export interface FoldResult {
  readonly rmse: number;
  readonly mae: number;
  /** See `fcp`; `null` when no two test rows of a user can be compared. */
  readonly fcp: number | null;
  readonly tested: number;
  /** Test rows whose user or item the model had not seen: estimated by its own rule for such, and not left out. */
  readonly unknown: number;
  /** Errors summed up by user. */
  readonly users: UserErrors;
  readonly fitSeconds: number;
  readonly testSeconds: number;
}

/** Over the folds; `sd` is the population's, √(Σ (x − mean)² / folds). */
export interface Spread {
  readonly mean: number;
  readonly sd: number;
}

/**
 * Cross-validates a recommender: each fold is predicted by a model that learnt from the others. Every test row is
 * predicted, by the model's own rule when its user or item is unknown; such rows are counted. Of a split that shows
 * histories, held-out users are folded in.
 *
 * @throws invalid_input for an impossible number of folds, or a recommender that ranks: see `rankValidate`; unsupported
 * when a split shows histories to a model that cannot fold in; aborted
 *
 * @example
 * const result = await crossValidate(table, svd({ factors: 20 }), { folds: 5 });
 * result.rmse.mean;
 */
export async function crossValidate(
  table: RatingTable,
  recommender: Recommender,
  { folds = 3, seed = 42, permutation, splits, signal, onProgress }: CrossValidationOptions = {},
): Promise<CrossValidation> {
  if (recommender.kind === "ranking") {
    throw new TamisError(
      "invalid_input",
      `${recommender.algorithm} ranks items and does not estimate ratings, so it has no RMSE; judge its lists with rankValidate.`,
    );
  }
  const results: FoldResult[] = [];
  const warnings: FutureLeak[] = [];
  const parts =
    splits ?? (permutation ? foldsFromPermutation(permutation, folds) : kFold(table.length, { folds, seed }));
  for (const fold of parts) {
    const { train, test } = fold;
    const of = splits ? "" : `/${folds}`;
    const context = {
      ...(signal && { signal }),
      ...(onProgress && { onProgress: namedAfterFold(onProgress, `${results.length + 1}${of}`) }),
    };
    const leak = futureLeak(table, fold);
    if (leak) warnings.push(leak);
    const trainset = createTrainset(table, train);
    const start = performance.now();
    const model = await recommender.fit(trainset, { seed, ...context });
    const fitted = performance.now();
    const estimates = await estimateRows(model, table, fold, context);
    const tested = performance.now();
    const ratings = Float64Array.from(test, (row) => table.ratings[row]!);
    const users = test.map((row) => table.users.codes[row]!);
    results.push({
      rmse: rmse(estimates, ratings),
      mae: mae(estimates, ratings),
      fcp: fcpOf(estimates, ratings, users),
      tested: test.length,
      unknown: countUnknown(model, table, fold),
      users: userErrors(estimates, ratings, users, table.users.ids),
      fitSeconds: (fitted - start) / 1000,
      testSeconds: (tested - fitted) / 1000,
    });
  }
  if (results.length === 0) throw new TamisError("invalid_input", "There is no fold to judge by.");
  return {
    model: recommender.algorithm,
    options: recommender.options,
    folds: results,
    rmse: spread(results.map((fold) => fold.rmse)),
    mae: spread(results.map((fold) => fold.mae)),
    fcp: spreadOfSome(results.map((fold) => fold.fcp)),
    intervals: errorIntervals(
      results.map(({ users }) => users),
      seed,
    ),
    warnings,
  };
}

function fcpOf(estimates: Float64Array, ratings: Float64Array, users: Int32Array): number | null {
  const { concordant, comparable } = countPairs(estimates, ratings, users);
  return comparable === 0 ? null : concordant / comparable;
}

function spreadOfSome(values: readonly (number | null)[]): Spread | null {
  return values.every((value) => value !== null) ? spread(values) : null;
}

/** Rows of unknown users (those with a history are met) or items. */
function countUnknown(model: Model, { users, items }: RatingTable, { test, history }: Fold): number {
  const met = new Set(Array.from(history ?? [], (row) => users.codes[row]!));
  const knowsUser = users.ids.map((userId, user) => met.has(user) || model.knowsUser(userId));
  const knowsItem = items.ids.map((itemId) => model.knowsItem(itemId));
  return test.filter((row) => !knowsUser[users.codes[row]!] || !knowsItem[items.codes[row]!]).length;
}

function namedAfterFold(onProgress: OnProgress, fold: string): OnProgress {
  return (progress) => onProgress({ ...progress, phase: `fold ${fold}: ${progress.phase}` });
}

function spread(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / values.length) };
}
