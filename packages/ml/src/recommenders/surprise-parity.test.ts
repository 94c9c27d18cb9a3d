import { describe, expect, it } from "vitest";
import { rmse as rmseOf } from "../evaluate/accuracy.ts";
import { foldsFromPermutation } from "../evaluate/split.ts";
import type { Recommender } from "../recommender.ts";
import { createRecommender } from "../recommenders.ts";
import { predictRows } from "../scorer.ts";
import { missingData, readMovielens100k, readReferencePermutation } from "../testing/movielens.ts";
import { surpriseGolden } from "../testing/surprise-golden.ts";
import { createTrainset, denseOf } from "../trainset.ts";

/** Slow: some models on one reference fold only. `npm run bench -- parity` prints every model on all five. */
const missing = missingData("ml-100k");
const title = missing ? `parity with Surprise (skipped: ${missing})` : "parity with Surprise";

describe.skipIf(missing)(title, { timeout: 120_000 }, () => {
  const table = missing ? undefined! : readMovielens100k();
  const permutation = missing ? undefined! : readReferencePermutation();
  const folds = missing ? [] : [...foldsFromPermutation(permutation, 5)];
  const pair = (row: number) =>
    [table.users.ids[table.users.codes[row]!]!, table.items.ids[table.items.codes[row]!]!] as const;

  it("cuts the same folds and numbers ids the same way", () => {
    const { train, test } = folds[0]!;
    const trainset = createTrainset(table, train);
    expect(trainset).toMatchObject({ userCount: 943, itemCount: 1639, ratingCount: 80_000 });
    expect(trainset.globalMean).toBeCloseTo(3.530575, 10);
    expect([...trainset.userIds()].slice(0, 3)).toEqual([70, 215, 488]);
    expect([...trainset.itemIds()].slice(0, 3)).toEqual([298, 172, 210]);
    expect([...test.slice(0, 3)].map(pair)).toEqual([
      [23, 528],
      [695, 242],
      [774, 28],
    ]);
  });

  it("has the same baselines, similarity and estimates to eight decimals", async () => {
    const trainset = createTrainset(table, folds[0]!.train);
    const [user, item] = pair(folds[0]!.test[0]!);
    const baseline = await createRecommender("baseline-only").fit(trainset);
    expect(baseline.tensors().arrays.bu?.data[0]).toBeCloseTo(-0.13807504, 8);
    expect(baseline.tensors().arrays.bi?.data[0]).toBeCloseTo(0.31611177, 8);
    expect(baseline.predict(user, item).value).toBeCloseTo(3.95585887, 8);
    const similarity = { name: "pearson_baseline", userBased: false };
    const knn = await createRecommender("knn-baseline", { similarity }).fit(trainset);
    const { items } = denseOf(trainset);
    expect(knn.similarity?.(items[0]!, items[1]!)).toBeCloseTo(0.01703009, 8);
    expect(knn.predict(user, item).value).toBeCloseTo(3.81132636, 8);
  });

  for (const golden of surpriseGolden.filter(({ random }) => !random)) {
    const all = golden.algorithm === "baseline-only" || Object.keys(golden.options).length === 0;
    const name = `${golden.algorithm} ${JSON.stringify(golden.options)}, ${all ? "five folds" : "the first fold"}`;
    it(`${name}: the same RMSE to five decimals`, async () => {
      const recommender = createRecommender(golden.algorithm, golden.options);
      const rmse = await rmsePerFold(recommender, all ? 5 : 1);
      for (const [n, value] of rmse.entries())
        expect(Math.abs(value - golden.rmse[n]!)).toBeLessThan(0.00001);
    });
  }

  // SVD draws its first factors from another generator than NumPy's, so only the level can agree.
  it("svd with defaults: the mean RMSE within 0.004", async () => {
    const golden = surpriseGolden[0]!;
    const rmse = await rmsePerFold(createRecommender(golden.algorithm, golden.options), 5);
    const mean = rmse.reduce((sum, value) => sum + value, 0) / 5;
    expect(Math.abs(mean - golden.meanRmse)).toBeLessThan(0.004);
  });

  for (const golden of surpriseGolden.filter(
    ({ algorithm, options }) => algorithm === "svd" && Object.keys(options).length > 0,
  )) {
    it(`svd ${JSON.stringify(golden.options)}: the first fold within 0.006`, async () => {
      const [rmse] = await rmsePerFold(createRecommender(golden.algorithm, golden.options), 1);
      expect(Math.abs(rmse! - golden.rmse[0])).toBeLessThan(0.006);
    });
  }

  // All of them on five folds: `npm run bench -- parity`. From NumPy's draws to five decimals: surprise-draws.test.ts.
  // What Surprise itself gives from seeds 0 to 7 is .9187 to .9228 for SVD++ (ours: .9180 to .9218) and .960 to .971 for
  // CoClustering, so with another seed than 0 the latter may well be further off.
  it.each([
    ["svd-plus-plus", 1],
    ["nmf", 1],
    ["co-clustering", 5],
  ] as const)("%s with defaults: within 0.004 on %d folds", async (name, count) => {
    const golden = surpriseGolden.find(({ algorithm }) => algorithm === name)!;
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / count;
    const rmse = await rmsePerFold(createRecommender(name), count);
    expect(Math.abs(mean(rmse) - mean(golden.rmse.slice(0, count)))).toBeLessThan(0.004);
  });

  // Surprise: 0.935 on this fold, 1.31, 1.46, 1.12 and 1.81 on the others.
  it("biased nmf does not diverge: below 0.94 on every fold", async () => {
    const rmse = await rmsePerFold(createRecommender("nmf", { biased: true }), 5);
    for (const value of rmse) expect(value).toBeLessThan(0.94);
  });

  async function rmsePerFold(recommender: Recommender, count: number): Promise<number[]> {
    const errors: number[] = [];
    for (const { train, test } of folds.slice(0, count)) {
      const model = await recommender.fit(createTrainset(table, train), { seed: 0 });
      const estimates = await predictRows(model, table, test);
      errors.push(
        rmseOf(
          estimates,
          Float64Array.from(test, (row) => table.ratings[row]!),
        ),
      );
    }
    return errors;
  }
});
