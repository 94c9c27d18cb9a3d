import type { Id, Progress } from "@tamis/core";
import { describe, expect, it } from "vitest";
import type { Model, Recommender } from "../recommender.ts";
import { baselineOnly } from "../recommenders/baseline-only.ts";
import { knnBasic } from "../recommenders/knn-basic.ts";
import { svd } from "../recommenders/svd.ts";
import { randomTable, tableOf } from "../testing/small-tables.ts";
import { createTrainset } from "../trainset.ts";
import { mae, rmse } from "./accuracy.ts";
import { crossValidate } from "./cross-validate.ts";
import { fcp } from "./fcp.ts";
import { kFold } from "./split.ts";

/** What somebody else writes, with what the package shows them: the mean rating of each item. */
const itemMean: Recommender = {
  algorithm: "item-mean",
  options: {},
  async fit(trainset, { seed = 42 } = {}) {
    const means = new Map<Id, number>();
    for (const itemId of trainset.itemIds()) {
      const ratings = [...trainset.ratingsFor(itemId)].map(({ rating }) => rating);
      means.set(itemId, ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length);
    }
    const users = new Set(trainset.userIds());
    const items = [...means.keys()];
    const model: Model = {
      algorithm: "item-mean",
      options: {},
      seed,
      scale: trainset.scale,
      itemIds: items,
      knowsUser: (userId) => users.has(userId),
      knowsItem: (itemId) => means.has(itemId),
      predict: (_, itemId) => ({ value: means.get(itemId) ?? trainset.globalMean }),
      scoreItems: () => Float64Array.from(means.values()),
      tensors: () => ({ users: [...users], items, arrays: {} }),
    };
    return model;
  },
};

describe("crossValidate", () => {
  it("learns from the other folds and predicts the rest, by hand", async () => {
    const table = tableOf([
      [1, "x", 1],
      [2, "x", 3],
      [3, "x", 5],
      [4, "x", 2],
    ]);
    const permutation = Int32Array.of(0, 1, 2, 3);
    const result = await crossValidate(table, itemMean, { folds: 2, permutation });
    // fold 1: mean of 5, 2 is 3.5: errors 2.5, .5; fold 2: mean of 1, 3 is 2: errors −3, 0
    expect(result.folds.map((fold) => fold.mae)).toEqual([1.5, 1.5]);
    expect(result.folds.map((fold) => fold.rmse)).toEqual([Math.sqrt(6.5 / 2), Math.sqrt(9 / 2)]);
    const [a, b] = [Math.sqrt(6.5 / 2), Math.sqrt(9 / 2)];
    expect(result.rmse.mean).toBeCloseTo((a + b) / 2, 15);
    expect(result.rmse.sd).toBeCloseTo((b - a) / 2, 15);
    expect(result.mae).toEqual({ mean: 1.5, sd: 0 });
    // every user has one row, so no pairs
    expect(result.fcp).toBeNull();
    expect(result.folds.map((fold) => fold.fcp)).toEqual([null, null]);
    expect(result).toMatchObject({ model: "item-mean", options: {} });
  });

  it.each([svd({ factors: 5 }), knnBasic(), baselineOnly()])(
    "is the same as predicting one by one, and the same again: $algorithm",
    async (recommender) => {
      const table = randomTable(8, { users: 30, items: 20 });
      const result = await crossValidate(table, recommender);
      expect(result.folds).toHaveLength(3);
      for (const [n, { train, test }] of [...kFold(table.length, { folds: 3 })].entries()) {
        const model = await recommender.fit(createTrainset(table, train));
        const values = [...test].map((row) => {
          const userId = table.users.ids[table.users.codes[row]!]!;
          return model.predict(userId, table.items.ids[table.items.codes[row]!]!).value;
        });
        const ratings = [...test].map((row) => table.ratings[row]!);
        expect(result.folds[n]?.rmse).toBe(rmse(values, ratings));
        expect(result.folds[n]?.mae).toBe(mae(values, ratings));
        const users = [...test].map((row) => table.users.codes[row]!);
        expect(result.folds[n]?.fcp).toBe(fcp(values, ratings, users));
      }
      const again = await crossValidate(table, recommender);
      expect(again.rmse).toEqual(result.rmse);
    },
  );

  it("names the fold in its progress, and stops when it is told to", async () => {
    const stop = new AbortController();
    const seen: Progress[] = [];
    const work = crossValidate(randomTable(1), svd({ factors: 2, epochs: 3 }), {
      folds: 2,
      signal: stop.signal,
      onProgress: (progress) => {
        seen.push(progress);
        if (progress.phase.startsWith("fold 2/2")) stop.abort();
      },
    });
    await expect(work).rejects.toMatchObject({ code: "aborted" });
    expect(seen).toContainEqual({ phase: "fold 1/2: fit svd", done: 3, total: 3, unit: "epochs" });
  });

  it("stops a recommender that does not look at the signal before its predictions", async () => {
    const work = crossValidate(randomTable(1), itemMean, { signal: AbortSignal.abort() });
    await expect(work).rejects.toMatchObject({ code: "aborted" });
  });

  it("refuses more folds than rows", async () => {
    const work = crossValidate(
      tableOf([
        [1, 1, 1],
        [1, 2, 2],
      ]),
      baselineOnly(),
    );
    await expect(work).rejects.toMatchObject({ code: "invalid_input" });
  });
});
