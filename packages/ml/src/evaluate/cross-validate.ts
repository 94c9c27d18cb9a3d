import { type OnProgress, type RatingTable, TamisError } from "@tamis/core";
import type { ModelOptions, Recommender } from "../recommender.ts";
import { predictRows } from "../scorer.ts";
import { createTrainset } from "../trainset.ts";
import { mae, rmse } from "./accuracy.ts";
import { countPairs } from "./fcp.ts";
import { foldsFromPermutation, kFold } from "./split.ts";

export interface CrossValidationOptions {
  /** @default 3 */
  readonly folds?: number;
  /** Seed of the shuffle, and of every fit. @default 42 */
  readonly seed?: number;
  /** Row positions in the order to cut, instead of a shuffle; each once. */
  readonly permutation?: Int32Array;
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
}

/** Errors in units of the scale; seconds of `fit` on a ready trainset, and of all predictions. */
export interface FoldResult {
  readonly rmse: number;
  readonly mae: number;
  /** See `fcp`; `null` when no two test rows of a user can be compared. */
  readonly fcp: number | null;
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
 * predicted, by the model's own rule when its user or item is unknown.
 *
 * @throws invalid_input for an impossible number of folds, or a recommender that ranks: see `rankValidate`; aborted
 *
 * @example
 * const result = await crossValidate(table, svd({ factors: 20 }), { folds: 5 });
 * result.rmse.mean;
 */
export async function crossValidate(
  table: RatingTable,
  recommender: Recommender,
  { folds = 3, seed = 42, permutation, signal, onProgress }: CrossValidationOptions = {},
): Promise<CrossValidation> {
  if (recommender.kind === "ranking") {
    throw new TamisError(
      "invalid_input",
      `${recommender.algorithm} ranks items and does not estimate ratings, so it has no RMSE; judge its lists with rankValidate.`,
    );
  }
  const results: FoldResult[] = [];
  const parts = permutation ? foldsFromPermutation(permutation, folds) : kFold(table.length, { folds, seed });
  for (const { train, test } of parts) {
    const context = {
      ...(signal && { signal }),
      ...(onProgress && { onProgress: namedAfterFold(onProgress, results.length + 1, folds) }),
    };
    const trainset = createTrainset(table, train);
    const start = performance.now();
    const model = await recommender.fit(trainset, { seed, ...context });
    const fitted = performance.now();
    const estimates = await predictRows(model, table, test, context);
    const tested = performance.now();
    const ratings = Float64Array.from(test, (row) => table.ratings[row]!);
    results.push({
      rmse: rmse(estimates, ratings),
      mae: mae(estimates, ratings),
      fcp: fcpOf(
        estimates,
        ratings,
        test.map((row) => table.users.codes[row]!),
      ),
      fitSeconds: (fitted - start) / 1000,
      testSeconds: (tested - fitted) / 1000,
    });
  }
  return {
    model: recommender.algorithm,
    options: recommender.options,
    folds: results,
    rmse: spread(results.map((fold) => fold.rmse)),
    mae: spread(results.map((fold) => fold.mae)),
    fcp: spreadOfSome(results.map((fold) => fold.fcp)),
  };
}

function fcpOf(estimates: Float64Array, ratings: Float64Array, users: Int32Array): number | null {
  const { concordant, comparable } = countPairs(estimates, ratings, users);
  return comparable === 0 ? null : concordant / comparable;
}

function spreadOfSome(values: readonly (number | null)[]): Spread | null {
  return values.every((value) => value !== null) ? spread(values) : null;
}

function namedAfterFold(onProgress: OnProgress, fold: number, folds: number): OnProgress {
  return (progress) => onProgress({ ...progress, phase: `fold ${fold}/${folds}: ${progress.phase}` });
}

function spread(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / values.length) };
}
