import { describe, expect, it } from "vitest";
import { rmse } from "../evaluate/accuracy.ts";
import { foldsFromPermutation } from "../evaluate/split.ts";
import type { Model } from "../recommender.ts";
import { createRecommender } from "../recommenders.ts";
import { predictRows } from "../scorer.ts";
import { missingData, readMovielens100k, readReferencePermutation } from "../testing/movielens.ts";
import { numpyRandom } from "../testing/numpy-random.ts";
import { surpriseGolden } from "../testing/surprise-golden.ts";
import { createTrainset, denseOf } from "../trainset.ts";
import type { DenseTrainset } from "../trainset-dense.ts";
import { fitCoClustering } from "./co-clustering.ts";
import { fitNmf } from "./nmf.ts";
import { fitSvdPlusPlus } from "./svd-plus-plus-fit.ts";

it("numpyRandom draws what NumPy draws", () => {
  const normals = numpyRandom(0);
  expect([1, 2, 3].map(() => normals.normal(0, 0.1).toFixed(8))).toEqual([
    "0.17640523",
    "0.04001572",
    "0.09787380",
  ]);
});

const missing = missingData("ml-100k");
const title = `Surprise's figures from Surprise's draws${missing ? ` (skipped: ${missing})` : ""}`;

/**
 * Our own generator is another one; from the same first draws the algorithms end in the same place, on every fold. So
 * what other seeds give here is what Surprise would give with them.
 */
describe.skipIf(missing)(title, { timeout: 120_000 }, () => {
  const fits: [string, (dense: DenseTrainset) => Promise<Model>][] = [
    [
      "svd-plus-plus",
      (dense) =>
        fitSvdPlusPlus(
          headerOf("svd-plus-plus", dense),
          false,
          createRecommender("svd-plus-plus").options as Parameters<typeof fitSvdPlusPlus>[2],
          dense,
          numpyRandom(0),
          {},
        ),
    ],
    [
      "nmf",
      (dense) =>
        fitNmf(
          headerOf("nmf", dense),
          createRecommender("nmf").options as Parameters<typeof fitNmf>[1],
          dense,
          numpyRandom(0),
          {},
        ),
    ],
    [
      "co-clustering",
      (dense) =>
        fitCoClustering(
          headerOf("co-clustering", dense),
          createRecommender("co-clustering").options as Parameters<typeof fitCoClustering>[1],
          dense,
          numpyRandom(0),
          {},
        ),
    ],
  ];
  it.each(fits)("%s: every fold to five decimals", async (name, learn) => {
    const table = readMovielens100k();
    const golden = surpriseGolden.find(
      ({ algorithm, options }) => algorithm === name && Object.keys(options).length === 0,
    )!;
    const folds = [...foldsFromPermutation(readReferencePermutation(), 5)];
    for (const [n, { train, test }] of folds.entries()) {
      const model = await learn(denseOf(createTrainset(table, train)));
      const estimates = await predictRows(model, table, test);
      const ratings = Float64Array.from(test, (row) => table.ratings[row]!);
      expect(Math.abs(rmse(estimates, ratings) - golden.rmse[n]!)).toBeLessThan(0.00001);
    }
  });
});

function headerOf(algorithm: string, { scale }: DenseTrainset) {
  return { algorithm, options: createRecommender(algorithm).options, seed: 0, scale };
}
