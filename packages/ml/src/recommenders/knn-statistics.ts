import type { RatedItems } from "../scorer.ts";
import type { SparseRows } from "../sparse-rows.ts";
import { type BaselineOptions, foldInBias } from "./baselines.ts";
import { deviationsOf, meansOf, overallDeviation } from "./moments.ts";

/** What the formulas of the KNN family are computed from. */
export interface KnnStatistics {
  /** μ. */
  readonly mu: number;
  /** Of the known x. */
  mean(x: number): number;
  deviation(x: number): number;
  /** b_x and b_y; 0 for an unknown side (-1), and where baselines take no part. */
  biasX(x: number): number;
  biasY(y: number): number;
}

/**
 * Means and deviations are computed when they are first asked for: not every formula has them.
 *
 * @param ratings - y × x
 */
export function knnStatistics(
  ratings: SparseRows,
  xCount: number,
  mu: number,
  biases: { readonly x: Float64Array; readonly y: Float64Array } | undefined,
): KnnStatistics {
  let means: Float64Array | undefined;
  let deviations: Float64Array | undefined;
  const getMeans = () => {
    means ??= meansOf(ratings, xCount);
    return means;
  };
  const getDeviations = () => {
    deviations ??= deviationsOf(ratings, getMeans(), overallDeviation(ratings.values, mu));
    return deviations;
  };
  return {
    mu,
    mean: (x) => getMeans()[x]!,
    deviation: (x) => getDeviations()[x]!,
    biasX: (x) => (biases && x >= 0 ? biases.x[x]! : 0),
    biasY: (y) => (biases && y >= 0 ? biases.y[y]! : 0),
  };
}

/**
 * The statistics with one more x, of the number `newcomer`, who has rated items (the y). Their bias: see
 * {@link foldInBias}.
 */
export function withNewcomerX(
  statistics: KnnStatistics,
  newcomer: number,
  history: RatedItems,
  baseline: BaselineOptions,
  overall: () => number,
): KnnStatistics {
  const { mean, deviation, biasX } = statistics;
  const { ratings } = history;
  const own = {
    starts: Int32Array.of(0, ratings.length),
    columns: new Int32Array(ratings.length),
    values: ratings,
  };
  const means = meansOf(own, 1);
  const bias = foldInBias(history, baseline, (item) => statistics.mu + statistics.biasY(item));
  return {
    ...statistics,
    mean: (x) => (x === newcomer ? means[0]! : mean(x)),
    deviation: (x) => (x === newcomer ? deviationsOf(own, means, overall())[0]! : deviation(x)),
    biasX: (x) => (x === newcomer ? bias : biasX(x)),
  };
}

/** The same with one more y, who has rated items (the x). */
export function withNewcomerY(
  statistics: KnnStatistics,
  newcomer: number,
  history: RatedItems,
  baseline: BaselineOptions,
): KnnStatistics {
  const bias = foldInBias(history, baseline, (item) => statistics.mu + statistics.biasX(item));
  return { ...statistics, biasY: (y) => (y === newcomer ? bias : statistics.biasY(y)) };
}
