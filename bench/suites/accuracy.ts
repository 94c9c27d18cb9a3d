import { createRecommender, crossValidate } from "@tamis/ml";
import { readMovielens1m } from "../../packages/ml/src/testing/movielens.ts";
import type { Suite } from "../suite.ts";

/** RMSE and MAE of the table in Surprise's README, MovieLens 1M. */
const published: Readonly<Record<string, readonly [rmse: number, mae: number]>> = {
  svd: [0.873, 0.686],
  "svd-plus-plus": [0.862, 0.672],
  nmf: [0.916, 0.723],
  "slope-one": [0.907, 0.715],
  "knn-basic": [0.923, 0.727],
  "knn-with-means": [0.929, 0.738],
  "knn-baseline": [0.895, 0.706],
  "co-clustering": [0.915, 0.717],
  "baseline-only": [0.909, 0.719],
  "normal-predictor": [1.504, 1.206],
};

export const accuracy: Suite = {
  title: "Surprise's table on MovieLens 1M",
  about: `Every algorithm at its defaults, five folds (ours, seed 42), beside the table in Surprise's README. Seconds are the sum of
all fits and estimates.`,
  needs: "ml-1m",
  runs: Object.entries(published).map(([algorithm, [rmse_of_Surprise, mae_of_Surprise]]) => ({
    case: "MovieLens 1M, 5 folds",
    name: algorithm,
    async measure() {
      const { folds, rmse, mae } = await crossValidate(readMovielens1m(), createRecommender(algorithm), {
        folds: 5,
        seed: 42,
      });
      return {
        seconds: folds.reduce((sum, fold) => sum + fold.fitSeconds + fold.testSeconds, 0),
        figures: {
          rmse: rmse.mean,
          rmse_of_Surprise,
          difference: rmse.mean - rmse_of_Surprise,
          mae: mae.mean,
          mae_of_Surprise,
        },
      };
    },
  })),
  targets: [
    {
      says: "every RMSE within .004 (the table has three decimals)",
      reached: (rows) =>
        rows.length < Object.keys(published).length
          ? undefined
          : rows.every(({ figures }) => Math.abs(figures!.difference!) <= 0.004 + 0.0005),
    },
  ],
};
