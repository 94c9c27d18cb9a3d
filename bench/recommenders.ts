/**
 * Accuracy, time and memory of the recommenders on MovieLens: three random folds, seed 42.
 *
 * Run: npx tsx --conditions=@tamis/source bench/recommenders.ts [ml-100k|ml-1m] [part of a name] [folds to run]
 *
 * CPU seconds are those of this process, so that they mean something on a busy machine; memory is the whole process,
 * the data set (and the text it was read from) included.
 */
import { createRecommender, createTrainset, kFold, mae, rmse } from "@tamis/ml";
import { predictRows } from "../packages/ml/src/scorer.ts";
import { missingData, readMovielens1m, readMovielens100k } from "../packages/ml/src/testing/movielens.ts";

const itemBased = { similarity: { name: "pearson_baseline", userBased: false } };
const models: [string, Record<string, unknown>][] = [
  ["svd", {}],
  ["knn-basic", {}],
  ["knn-with-means", {}],
  ["knn-with-z-score", {}],
  ["knn-baseline", {}],
  ["knn-baseline", itemBased],
  ["baseline-only", {}],
  ["normal-predictor", {}],
];

const [dataSet = "ml-100k", wanted = "", foldCount = "3"] = process.argv.slice(2);
const missing = missingData(dataSet);
if (missing) throw new Error(missing);
const table = dataSet === "ml-1m" ? readMovielens1m() : readMovielens100k();
const folds = [...kFold(table.length, { folds: 3, seed: 42 })].slice(0, Number(foldCount));

const line = (...cells: (string | number)[]) => process.stdout.write(`| ${cells.join(" | ")} |\n`);
line("model", "options", "RMSE", "MAE", "fit s", "fit CPU s", "predict s", "predict CPU s", "resident MiB");
line(...Array.from({ length: 9 }, () => "---"));
for (const [name, options] of models.filter(([name]) => name.includes(wanted))) {
  const sums = { rmse: 0, mae: 0, fit: [0, 0], predict: [0, 0] };
  for (const { train, test } of folds) {
    const trainset = createTrainset(table, train);
    const fit = await timed(() => createRecommender(name, options).fit(trainset));
    const predict = await timed(() => predictRows(fit.result, table, test));
    const ratings = Float64Array.from(test, (row) => table.ratings[row] ?? Number.NaN);
    sums.rmse += rmse(predict.result, ratings);
    sums.mae += mae(predict.result, ratings);
    sums.fit = sums.fit.map((sum, n) => sum + (fit.seconds[n] ?? 0));
    sums.predict = sums.predict.map((sum, n) => sum + (predict.seconds[n] ?? 0));
  }
  const perFold = (sum: number, digits: number) => (sum / folds.length).toFixed(digits);
  const seconds = [...sums.fit, ...sums.predict].map((sum) => perFold(sum, 3));
  const resident = Math.round(process.memoryUsage().rss / 2 ** 20);
  line(name, JSON.stringify(options), perFold(sums.rmse, 4), perFold(sums.mae, 4), ...seconds, resident);
}

async function timed<T>(
  work: () => Promise<T>,
): Promise<{ result: T; seconds: [wall: number, cpu: number] }> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, seconds: [(performance.now() - start) / 1000, (user + system) / 1e6] };
}
