import { createRandom, type Id } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { createRecommender } from "../recommenders.ts";
import { knnOracle } from "../testing/knn-oracle.ts";
import { randomTable, tableOf } from "../testing/small-tables.ts";
import { createTrainset } from "../trainset.ts";
import { knnBaseline } from "./knn-baseline.ts";
import { knnBasic } from "./knn-basic.ts";
import { knnWithMeans } from "./knn-with-means.ts";
import { knnWithZScore } from "./knn-with-z-score.ts";
import { similarityNames } from "./similarity.ts";

const algorithms = ["knn-basic", "knn-with-means", "knn-with-z-score", "knn-baseline"];

describe.each(algorithms)("%s", (algorithm) => {
  it.each(similarityNames)("agrees with its definition on random tables, %s", async (name) => {
    const random = createRandom(11);
    for (let round = 0; round < 12; round++) {
      const step = round % 2 === 0 ? 1 : 0.5;
      const table = randomTable(round, {
        step,
        scale: round % 3 === 0 ? { min: -10, max: 10 } : { min: 1, max: 5 },
      });
      const options = {
        k: 1 + random.integer(6),
        minK: 1 + random.integer(3),
        similarity: {
          name,
          userBased: round % 4 < 2,
          minSupport: 1 + random.integer(3),
          shrinkage: random.integer(3) * 50,
        },
      };
      const model = await createRecommender(algorithm, options).fit(createTrainset(table));
      const oracle = knnOracle(
        table,
        { algorithm, ...options, ...options.similarity },
        biasesOf(model.tensors()),
      );
      for (const user of [...table.users.ids, "nobody"]) {
        for (const item of [...table.items.ids, "nothing"]) {
          const expected = oracle.estimate(user, item);
          const clipped = Math.min(Math.max(expected, table.scale.min), table.scale.max);
          expect(model.predict(user, item).value, `${round} ${user} ${item}`).toBeCloseTo(clipped, 8);
        }
      }
    }
  });
});

function biasesOf(tensors: {
  users: readonly Id[];
  items: readonly Id[];
  arrays: Record<string, { data: ArrayLike<number> }>;
}) {
  const { bu, bi } = tensors.arrays;
  return {
    users: new Map(tensors.users.map((id, n) => [id, bu?.data[n] ?? 0])),
    items: new Map(tensors.items.map((id, n) => [id, bi?.data[n] ?? 0])),
  };
}

describe("a hand-computed case", () => {
  // msd to a: b shares x (difference 1): 1/2; c shares x (difference 0): 1. Means: a 4, b 3, c 2.5. μ = 3.
  const table = tableOf([
    ["a", "x", 4],
    ["b", "x", 5],
    ["b", "y", 1],
    ["c", "x", 4],
    ["c", "y", 1],
  ]);
  const trainset = createTrainset(table);

  it("knnBasic: the weighted mean of what the neighbours gave", async () => {
    const model = await knnBasic().fit(createTrainset({ ...table, ratings: Float64Array.of(4, 5, 2, 4, 5) }));
    expect(model.predict("a", "y")).toEqual({ value: (0.5 * 2 + 1 * 5) / 1.5, neighbours: 2 });
  });

  it("knnWithMeans: the same around each mean", async () => {
    const model = await knnWithMeans().fit(trainset);
    expect(model.predict("a", "y").value).toBeCloseTo(4 + (0.5 * (1 - 3) + (1 - 2.5)) / 1.5, 14);
  });

  it("knnWithZScore: a user without variance has the deviation of all", async () => {
    const model = await knnWithZScore().fit(trainset);
    // all: mean 3, Σ(r − 3)² = 1 + 4 + 4 + 1 + 4 = 14; b: ±2 around 3, c: ±1.5 around 2.5
    const overall = Math.sqrt(14 / 5);
    expect(model.predict("a", "y").value).toBeCloseTo(Math.max(1, 4 + overall * -1), 14);
  });

  it("knnBaseline: the same around the baselines", async () => {
    const model = await knnBaseline({ baseline: { epochs: 1, regUser: 0, regItem: 0 } }).fit(trainset);
    // b_x = 13/3 − 3 = 4/3, b_y = −2; b_a = −1/3, b_b = (2/3 + 0) / 2 = 1/3, b_c = (−1/3 + 0) / 2 = −1/6
    const [a, b, c, y] = [-1 / 3, 1 / 3, -1 / 6, -2];
    const expected = 3 + a + y + (0.5 * (1 - (3 + b + y)) + (1 - (3 + c + y))) / 1.5;
    expect(model.predict("a", "y").value).toBeCloseTo(Math.max(1, expected), 14);
  });

  it("k keeps the most similar; too few neighbours are the fall-back and say so", async () => {
    const nearest = await knnBasic({ k: 1 }).fit(
      createTrainset({ ...table, ratings: Float64Array.of(4, 5, 2, 4, 5) }),
    );
    expect(nearest.predict("a", "y")).toEqual({ value: 5, neighbours: 1 });
    const basic = await knnBasic({ minK: 3 }).fit(trainset);
    expect(basic.predict("a", "y")).toEqual({ value: 3, neighbours: 2, reason: "too_few_neighbours" });
    const means = await knnWithMeans({ minK: 3 }).fit(trainset);
    expect(means.predict("a", "y")).toEqual({ value: 4, neighbours: 2, reason: "too_few_neighbours" });
    expect(means.predict("a", "nothing")).toEqual({ value: 3, reason: "unknown_item" });
  });

  it("among equally similar neighbours the first who rated the item stay", async () => {
    const tied = tableOf([
      ["late", "x", 3],
      ["early", "y", 5],
      ["late", "y", 1],
      ["early", "x", 3],
      ["me", "x", 3],
    ]);
    const model = await knnBasic({ k: 1 }).fit(createTrainset(tied));
    expect(model.predict("me", "y").value).toBe(5);
  });
});

it("item-based models say how alike two items are", async () => {
  const trainset = createTrainset(
    tableOf([
      [1, "x", 4],
      [1, "y", 4],
      [2, "z", 4],
    ]),
  );
  const model = await knnBasic({ similarity: { userBased: false } }).fit(trainset);
  expect(model.similarity?.("x", "y")).toBe(1);
  expect(model.similarity?.("x", "z")).toBe(0);
  expect(model.similarity?.("x", "unknown")).toBe(0);
  expect((await knnBasic().fit(trainset)).similarity).toBeUndefined();
});

it("accepts the kebab-case name of pearson_baseline, and keeps the published one", () => {
  const { options } = knnBaseline({ similarity: { name: "pearson-baseline", userBased: false } });
  expect(options).toEqual({
    k: 40,
    minK: 1,
    similarity: { name: "pearson_baseline", userBased: false, minSupport: 1, shrinkage: 100 },
    baseline: { method: "als", epochs: 10, regUser: 15, regItem: 10 },
  });
});
