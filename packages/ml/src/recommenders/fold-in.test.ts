import { describe, expect, it } from "vitest";
import { createRecommender } from "../recommenders.ts";
import { randomTable, tableOf } from "../testing/small-tables.ts";
import { createTrainset } from "../trainset.ts";
import { foldInFactors } from "./fold-in-factors.ts";
import { similarityNames } from "./similarity.ts";

describe("foldInFactors", () => {
  it("by hand with one factor and no bias: p = Σ q t / (Σ q² + n λ)", () => {
    const qi = Float64Array.of(2, 1, 3);
    const { factors, bias, contributions } = foldInFactors(Int32Array.of(0, 2), Float64Array.of(1, -2), {
      qi,
      factors: 1,
      penaltyFactors: 0.5,
    });
    const p = (2 * 1 + 3 * -2) / (4 + 9 + 2 * 0.5);
    expect(factors[0]).toBeCloseTo(p, 14);
    expect(bias).toBe(0);
    expect([...contributions(1)]).toEqual([
      expect.closeTo((1 * 2 * 1) / 14, 14),
      expect.closeTo((1 * 3 * -2) / 14, 14),
    ]);
  });

  it("is where the gradient of the regularised error is 0", () => {
    const qi = Float64Array.of(0.3, -1, 2, 0.5, 1, 1, -2, 0.1, 0, 0.7, 1, 2);
    const items = Int32Array.of(0, 1, 3);
    const targets = Float64Array.of(1, -0.5, 2);
    const { bias, factors } = foldInFactors(items, targets, {
      qi,
      factors: 3,
      penaltyBias: 0.05,
      penaltyFactors: 0.2,
    });
    const errors = [...items].map(
      (item, n) => targets[n]! - bias - factors.reduce((sum, p, f) => sum + p * qi[3 * item + f]!, 0),
    );
    expect(errors.reduce((sum, e) => sum + e, 0) - 3 * 0.05 * bias).toBeCloseTo(0, 12);
    for (const f of [0, 1, 2]) {
      const gradient = [...items].reduce((sum, item, n) => sum + errors[n]! * qi[3 * item + f]!, 0);
      expect(gradient - 3 * 0.2 * factors[f]!).toBeCloseTo(0, 12);
    }
  });
});

describe("a fold-in of the training history", () => {
  const exact: [string, object][] = [
    ["baseline-only", {}],
    ["slope-one", {}],
    ["slope-one", { weighted: true }],
    ...["knn-basic", "knn-with-means", "knn-with-z-score", "knn-baseline"].flatMap((name) =>
      similarityNames.flatMap((similarity) =>
        [true, false].map((userBased): [string, object] => [
          name,
          { k: 4, similarity: { name: similarity, userBased } },
        ]),
      ),
    ),
  ];

  // Among the neighbours of a known user is that user, for what they have rated: only the rest can be compared.
  it.each(exact)("gives unrated items the scores of the user: %s %j", async (name, options) => {
    const trainset = createTrainset(randomTable(21, { step: 0.5 }));
    const model = await createRecommender(name, { ...options }).fit(trainset);
    for (const user of trainset.userIds()) {
      const history = [...trainset.ratingsOf(user)];
      const [folded, scores] = [model.foldIn!(history), model.scoreItems(user)];
      for (const [n, item] of model.itemIds.entries()) {
        if (history.some(({ itemId }) => itemId === item)) continue;
        expect(folded[n], `${user} ${item}`).toBeCloseTo(scores[n]!, 10);
      }
    }
  });

  it("by hand, item-based neighbours and their shares", async () => {
    const model = await createRecommender("knn-basic", { similarity: { userBased: false } }).fit(
      createTrainset(
        tableOf([
          ["a", "x", 5],
          ["a", "y", 4],
          ["a", "z", 1],
          ["b", "x", 2],
          ["b", "y", 2],
        ]),
      ),
    );
    // msd of x to y: 1 / (½ + 1) = 2/3, of x to z: 1 / (16 + 1)
    const history = [
      { itemId: "y", rating: 3 },
      { itemId: "z", rating: 5 },
    ];
    const weight = 2 / 3 + 1 / 17;
    expect(model.foldIn!(history)[0]).toBeCloseTo((2 / 3 / weight) * 3 + (1 / 17 / weight) * 5, 14);
    expect(model.explain!(history, "x").contributions).toEqual([
      { itemId: "y", value: expect.closeTo((2 / 3 / weight) * 3, 14) },
      { itemId: "z", value: expect.closeTo((1 / 17 / weight) * 5, 14) },
    ]);
  });

  it("user-based, the neighbours are users", async () => {
    const trainset = createTrainset(randomTable(22));
    const model = await createRecommender("knn-with-means").fit(trainset);
    const { contributions } = model.explain!("u4", "i3");
    expect(contributions.filter((part) => "term" in part)).toEqual([
      { term: "user_mean", value: expect.any(Number) },
    ]);
    const neighbours = contributions.flatMap((part) => ("userId" in part ? [part.userId] : []));
    expect(neighbours).toHaveLength(model.predict("u4", "i3").neighbours!);
  });
});
