/**
 * The lists of every ranking algorithm on the five reference folds of MovieLens 100k, beside those of an independent
 * implementation: all ratings count as 1, full catalogue, k = 10; `gold` is the reference, empty where there is none.
 *
 * Run: npx tsx --conditions=@tamis/source bench/ranking.ts [part of an algorithm's name]
 */
import { createRecommender, type RankingMetricName, rankValidate } from "@tamis/ml";
import {
  missingData,
  readMovielens100k,
  readReferencePermutation,
} from "../packages/ml/src/testing/movielens.ts";
import { type RankingGolden, rankingGolden } from "../packages/ml/src/testing/ranking-golden.ts";

const missing = missingData("ml-100k");
if (missing) throw new Error(missing);
const table = readMovielens100k();
const permutation = readReferencePermutation();
const wanted = process.argv[2] ?? "";

const withoutReference: RankingGolden[] = [
  { algorithm: "item-knn", options: { weighting: "tf-idf", k: 200 }, metrics: {}, tolerance: 0 },
  {
    algorithm: "item-knn",
    options: { weighting: "bm25", similarity: "dot", k: 20 },
    metrics: {},
    tolerance: 0,
  },
  { algorithm: "item-knn", options: { similarity: "jaccard", k: 200 }, metrics: {}, tolerance: 0 },
  { algorithm: "bpr", options: {}, metrics: {}, tolerance: 0 },
];
const shown: readonly RankingMetricName[] = [
  "precision",
  "recall",
  "map",
  "ndcg",
  "mrr",
  "hitRate",
  "catalogueCoverage",
];

const line = (...cells: string[]) => process.stdout.write(`| ${cells.join(" | ")} |\n`);
const headings = [
  "algorithm",
  "options",
  ...shown.flatMap((name) => [name, "gold"]),
  "±95 % NDCG",
  "fit s",
  "rank s",
];
line(...headings);
line(...headings.map(() => "-"));
const outside: string[] = [];
for (const golden of [...rankingGolden, ...withoutReference].filter((row) =>
  row.algorithm.includes(wanted),
)) {
  const recommender = createRecommender(golden.algorithm, golden.options);
  const { metrics, intervals, folds } = await rankValidate(table, recommender, {
    folds: 5,
    seed: 0,
    permutation,
  });
  const seconds = (key: "fitSeconds" | "rankSeconds") =>
    folds.reduce((sum, fold) => sum + fold[key], 0).toFixed(2);
  line(
    golden.algorithm,
    JSON.stringify(golden.options),
    ...shown.flatMap((name) => [metrics[name].toFixed(5), golden.metrics[name]?.toFixed(5) ?? ""]),
    `${intervals.ndcg.low.toFixed(4)} … ${intervals.ndcg.high.toFixed(4)}`,
    seconds("fitSeconds"),
    seconds("rankSeconds"),
  );
  const difference = metrics.ndcg - (golden.metrics.ndcg ?? metrics.ndcg);
  if (Math.abs(difference) > golden.tolerance)
    outside.push(`${golden.algorithm} ${JSON.stringify(golden.options)}: ${difference.toFixed(5)}`);
}
process.stdout.write(
  outside.length === 0
    ? "\nEvery NDCG is as close to its reference as it must be.\n"
    : `\nNDCG off the reference:\n${outside.join("\n")}\n`,
);
if (outside.length > 0) process.exitCode = 1;
