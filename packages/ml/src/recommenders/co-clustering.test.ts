import { createRandom, type Id } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { randomTable, tableOf } from "../testing/small-tables.ts";
import { createTrainset, type Trainset, type TrainsetRating } from "../trainset.ts";
import { coClustering } from "./co-clustering.ts";

const wide = { min: -1e9, max: 1e9 };

describe("coClustering", () => {
  it("by hand with one cluster of each: μ + (μ_u − μ) + (μ_i − μ)", async () => {
    const trainset = createTrainset(
      tableOf([
        ["a", "x", 4.5],
        ["a", "y", 2],
        ["b", "y", 1],
      ]),
    );
    const model = await coClustering({ userClusters: 1, itemClusters: 1 }).fit(trainset);
    expect(model.scoreItems("b")[0]).toBeCloseTo(2.5 + (1 - 2.5) + (4.5 - 2.5), 14);
    expect(model.explain!("b", "x").contributions).toEqual([
      { term: "clusters", value: 2.5 },
      { term: "item_bias", value: 2 },
      { term: "user_bias", value: -1.5 },
    ]);
    expect(model.predict("new", "x")).toEqual({ value: 2.5, reason: "unknown_user" });
    expect(model.predict("b", "new")).toEqual({ value: 2.5, reason: "unknown_item" });
  });

  it.each([1, 2, 3, 4, 5])("agrees with the definition: random table %d", async (seed) => {
    const table = { ...randomTable(seed, { step: 0.5 }), scale: wide };
    const trainset = createTrainset(table);
    const model = await coClustering({ userClusters: 2, itemClusters: 4, epochs: 3 }).fit(trainset, { seed });
    const expected = oracle(trainset, 2, 4, 3, seed);
    for (const user of trainset.userIds()) {
      for (const item of trainset.itemIds()) {
        expect(model.predict(user, item).value).toBeCloseTo(expected(user, item), 11);
      }
    }
  });

  it("puts who is folded in into the cluster with the least error", async () => {
    const trainset = createTrainset(randomTable(6, { users: 30, items: 20 }));
    const model = await coClustering().fit(trainset);
    const history = [...trainset.ratingsOf("u5")];
    const mean = history.reduce((sum, { rating }) => sum + rating, 0) / history.length;
    const { arrays } = model.tensors();
    const ofCluster = [0, 1, 2].map((cluster) =>
      model.itemIds.map((_, item) => {
        const itemCluster = arrays.item_clusters!.data[item]!;
        const both = arrays.means!.data[3 * cluster + itemCluster]!;
        const ofUser = mean - arrays.user_cluster_means!.data[cluster]!;
        return both + ofUser + arrays.item_means!.data[item]! - arrays.item_cluster_means!.data[itemCluster]!;
      }),
    );
    const error = (scores: number[]) =>
      history.reduce(
        (sum, { itemId, rating }) => sum + (rating - scores[model.itemIds.indexOf(itemId)]!) ** 2,
        0,
      );
    const best = ofCluster.toSorted((a, b) => error(a) - error(b))[0]!;
    for (const [n, score] of model.foldIn!(history).entries()) expect(score).toBeCloseTo(best[n]!, 12);
  });

  it("has Surprise's defaults", () => {
    expect(coClustering().options).toEqual({ userClusters: 3, itemClusters: 3, epochs: 20 });
  });
});

function oracle(
  trainset: Trainset,
  userClusters: number,
  itemClusters: number,
  epochs: number,
  seed: number,
) {
  const random = createRandom(seed);
  const ofUser = new Map([...trainset.userIds()].map((id) => [id, random.integer(userClusters)]));
  const ofItem = new Map([...trainset.itemIds()].map((id) => [id, random.integer(itemClusters)]));
  const all = [...trainset.ratings()];
  const mean = (wanted: (rating: TrainsetRating) => boolean) => {
    const kept = all.filter(wanted);
    if (kept.length === 0) return trainset.globalMean;
    return kept.reduce((sum, { rating }) => sum + rating, 0) / kept.length;
  };
  const estimates = () => {
    const [users, items] = [new Map(ofUser), new Map(ofItem)];
    const estimate = (userId: Id, itemId: Id, c: number, d: number) =>
      mean((r) => users.get(r.userId) === c && items.get(r.itemId) === d) +
      (mean((r) => r.userId === userId) - mean((r) => users.get(r.userId) === c)) +
      (mean((r) => r.itemId === itemId) - mean((r) => items.get(r.itemId) === d));
    return estimate;
  };
  const leastOf = (count: number, error: (cluster: number) => number) => {
    const errors = Array.from({ length: count }, (_, cluster) => error(cluster));
    return errors.indexOf(Math.min(...errors));
  };
  const squares = (ratings: TrainsetRating[], estimate: (rating: TrainsetRating) => number) =>
    ratings.reduce((sum, rating) => sum + (rating.rating - estimate(rating)) ** 2, 0);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const estimate = estimates();
    for (const userId of ofUser.keys()) {
      const own = all.filter((rating) => rating.userId === userId);
      const error = (c: number) => squares(own, (r) => estimate(userId, r.itemId, c, ofItem.get(r.itemId)!));
      ofUser.set(userId, leastOf(userClusters, error));
    }
    for (const itemId of ofItem.keys()) {
      const own = all.filter((rating) => rating.itemId === itemId);
      const error = (d: number) => squares(own, (r) => estimate(r.userId, itemId, ofUser.get(r.userId)!, d));
      ofItem.set(itemId, leastOf(itemClusters, error));
    }
  }
  const estimate = estimates();
  return (userId: Id, itemId: Id) => estimate(userId, itemId, ofUser.get(userId)!, ofItem.get(itemId)!);
}
