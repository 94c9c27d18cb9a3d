import { createRecommender, crossValidate, presets } from "@tamis/ml";
import {
  readMovielens1m,
  readMovielens100k,
  readReferencePermutation,
} from "../../packages/ml/src/testing/movielens.ts";
import { findRow, type Suite } from "../suite.ts";
import { optionText } from "./parity.ts";

/** What the tuned options are held to, to three decimals. */
const bounds: Readonly<Record<string, readonly [hundredThousand: number, million: number]>> = {
  svd: [0.909, 0.844],
  "svd-plus-plus-accumulated": [0.905, 0.843],
  "knn-baseline": [0.918, 0.866],
};
const caseOf = (ratings: number) => (ratings > 500_000 ? "MovieLens 1M" : "MovieLens 100k");

export const presetSuite: Suite = {
  title: "Tuned presets",
  about: `What \`tunedOptions\` gives: MovieLens 100k on the five folds of \`KFold(5, random_state=0)\`, MovieLens 1M on five folds with
seed 42. Seconds are the sum of all fits and estimates.`,
  needs: "ml-1m",
  runs: Object.keys(bounds).flatMap((name) =>
    presets[name]!.map(({ ratings, options }) => ({
      case: caseOf(ratings),
      name: `${name} ${optionText(options)}`,
      async measure() {
        const isMillion = ratings > 500_000;
        const folds = isMillion
          ? { folds: 5, seed: 42 }
          : { folds: 5, seed: 0, permutation: readReferencePermutation() };
        const table = isMillion ? readMovielens1m() : readMovielens100k();
        const result = await crossValidate(table, createRecommender(name, options), folds);
        return {
          seconds: result.folds.reduce((sum, fold) => sum + fold.fitSeconds + fold.testSeconds, 0),
          figures: { rmse: result.rmse.mean, rmse_sd: result.rmse.sd, mae: result.mae.mean },
        };
      },
    })),
  ),
  targets: Object.entries(bounds).flatMap(([name, both]) =>
    both.map((bound, size) => {
      const of = size === 0 ? "MovieLens 100k" : "MovieLens 1M";
      return {
        says: `${name}, ${of}: RMSE of ${bound}`,
        reached: (rows) => {
          const rmse = findRow(rows, { name: `${name} `, case: of })?.figures?.rmse;
          return rmse === undefined ? undefined : Math.round(rmse * 1000) / 1000 <= bound;
        },
      };
    }),
  ),
};
