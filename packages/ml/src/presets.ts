import { TamisError } from "@tamis/core";
import { didYouMean } from "./did-you-mean.ts";
import type { ModelOptions } from "./recommender.ts";

/** Options that are good for a number of ratings, and what they reach there. */
export interface Preset {
  /** Ratings of the data set that it was tuned on. */
  readonly ratings: number;
  readonly options: ModelOptions;
  /** Mean over 5 folds of that data set; NDCG@10 over the full catalogue, every test rating relevant. */
  readonly reaches: { readonly rmse: number } | { readonly ndcg: number };
}

const itemBased = { name: "pearson_baseline", userBased: false } as const;

/**
 * Tuned options by algorithm, from few ratings to many. Measured with this package on MovieLens 100k (100,000 ratings, the
 * folds of `KFold(5, random_state=0)`) and 1M (1,000,209 ratings, 5 folds, seed 42).
 *
 * @source the options of SVD, SVD++ and KNN: gorse's benchmark of 2019
 */
export const presets: Readonly<Record<string, readonly Preset[]>> = {
  svd: [
    {
      ratings: 100_000,
      options: { factors: 50, epochs: 100, learningRate: 0.01, regularization: 0.1, initStd: 0.001 },
      reaches: { rmse: 0.9077 },
    },
    {
      ratings: 1_000_209,
      options: { factors: 80, epochs: 100, learningRate: 0.005, regularization: 0.05, initStd: 0.001 },
      reaches: { rmse: 0.8426 },
    },
  ],
  "svd-plus-plus-accumulated": [
    {
      ratings: 100_000,
      options: { factors: 50, epochs: 100, learningRate: 0.005, regularization: 0.05, initStd: 0.001 },
      reaches: { rmse: 0.9036 },
    },
    {
      ratings: 1_000_209,
      options: { factors: 80, epochs: 100, learningRate: 0.005, regularization: 0.05, initStd: 0.001 },
      reaches: { rmse: 0.8416 },
    },
  ],
  "knn-baseline": [
    {
      ratings: 100_000,
      options: { k: 40, similarity: { ...itemBased, shrinkage: 100 } },
      reaches: { rmse: 0.9176 },
    },
    {
      ratings: 1_000_209,
      options: { k: 20, similarity: { ...itemBased, shrinkage: 50 } },
      reaches: { rmse: 0.8592 },
    },
  ],
  ials: [
    {
      ratings: 100_000,
      options: { factors: 64, epochs: 16, unobservedWeight: 0.3, regularization: 0.02 },
      reaches: { ndcg: 0.4417 },
    },
    {
      ratings: 1_000_209,
      options: { factors: 64, epochs: 12, unobservedWeight: 0.3, regularization: 0.007 },
      reaches: { ndcg: 0.4292 },
    },
  ],
  "item-knn": [{ ratings: 100_000, options: { k: 200, shrinkage: 50 }, reaches: { ndcg: 0.3953 } }],
  ease: [
    { ratings: 100_000, options: { regularization: 350 }, reaches: { ndcg: 0.4455 } },
    { ratings: 1_000_209, options: { regularization: 1000 }, reaches: { ndcg: 0.4379 } },
  ],
};

/**
 * The options of an algorithm that were tuned on the data set nearest in size, by the ratio of the numbers of ratings.
 *
 * @throws invalid_input for an algorithm without presets, saying which have them
 *
 * @example
 * createRecommender("svd", tunedOptions("svd", table.length));
 */
export function tunedOptions(name: string, ratingCount: number): ModelOptions {
  if (!Object.hasOwn(presets, name)) {
    const names = Object.keys(presets);
    throw new TamisError(
      "invalid_input",
      `There is no preset for “${name}”; there are for: ${names.join(", ")}${didYouMean(name, names)}`,
      { details: { name } },
    );
  }
  const distance = ({ ratings }: Preset) => Math.abs(Math.log(Math.max(1, ratingCount) / ratings));
  return presets[name]!.reduce((a, b) => (distance(b) < distance(a) ? b : a)).options;
}
