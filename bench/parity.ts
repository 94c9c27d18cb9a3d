/**
 * Every row of Surprise's golden table on the five reference folds of MovieLens 100k, ours beside it.
 *
 * Run: npx tsx --conditions=@tamis/source bench/parity.ts [part of an algorithm's name]
 */
import { createRecommender, crossValidate } from "@tamis/ml";
import {
  missingData,
  readMovielens100k,
  readReferencePermutation,
} from "../packages/ml/src/testing/movielens.ts";
import { surpriseGolden } from "../packages/ml/src/testing/surprise-golden.ts";

const missing = missingData("ml-100k");
if (missing) throw new Error(missing);
const table = readMovielens100k();
const permutation = readReferencePermutation();
const wanted = process.argv[2] ?? "";

const line = (...cells: string[]) => process.stdout.write(`| ${cells.join(" | ")} |\n`);
line(
  "algorithm",
  "options",
  "RMSE Surprise",
  "RMSE ours",
  "largest difference of a fold",
  "MAE Surprise",
  "MAE ours",
  "fit s",
  "test s",
);
line(..."---------".split(""));
for (const golden of surpriseGolden.filter(({ algorithm }) => algorithm.includes(wanted))) {
  const recommender = createRecommender(golden.algorithm, golden.options);
  const { folds, rmse, mae } = await crossValidate(table, recommender, { folds: 5, seed: 0, permutation });
  const seconds = (key: "fitSeconds" | "testSeconds") =>
    folds.reduce((sum, fold) => sum + fold[key], 0).toFixed(2);
  const differences = folds.map((fold, n) => Math.abs(fold.rmse - (golden.rmse[n] ?? Number.NaN)));
  line(
    golden.algorithm,
    JSON.stringify(golden.options),
    golden.meanRmse.toFixed(5),
    rmse.mean.toFixed(5),
    `${Math.max(...differences).toFixed(6)}${golden.random ? " (random)" : ""}`,
    golden.meanMae.toFixed(5),
    mae.mean.toFixed(5),
    seconds("fitSeconds"),
    seconds("testSeconds"),
  );
}
