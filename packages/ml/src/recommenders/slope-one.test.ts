import type { Id, RatingTable } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { randomTable, tableOf } from "../testing/small-tables.ts";
import { createTrainset } from "../trainset.ts";
import { slopeOne } from "./slope-one.ts";

const wide = { min: -1e9, max: 1e9 };

describe("slopeOne", () => {
  // x is rated 1.5 and 0.5 above y by a and b: on average 1; z shares nobody with them but c, who rated y too.
  const table = tableOf([
    ["a", "x", 4.5],
    ["a", "y", 3],
    ["b", "x", 2.5],
    ["b", "y", 2],
    ["c", "y", 4],
    ["c", "z", 1],
    ["d", "lonely", 3],
  ]);

  it("by hand, with half stars", async () => {
    const model = await slopeOne().fit(createTrainset(table));
    // c: mean 2.5, and of y and z only y shares users with x
    expect(model.predict("c", "x").value).toBe(2.5 + 1);
    // a: mean 3.75; of x and y only y shares a user with z: 1 − 4
    expect(model.predict("a", "z").value).toBe(1);
    expect(model.scoreItems("a")[model.itemIds.indexOf("z")]).toBe(3.75 - 3);
    expect(model.predict("d", "x").value).toBe(3);
    expect(model.predict("new", "x")).toEqual({ value: 20 / 7, reason: "unknown_user" });
    expect(model.predict("a", "new")).toEqual({ value: 20 / 7, reason: "unknown_item" });
  });

  it("weighted by hand: what is seen more often counts more, and the item itself does not count", async () => {
    const model = await slopeOne({ weighted: true }).fit(
      createTrainset(
        tableOf([
          ["a", "x", 5],
          ["a", "y", 3],
          ["b", "x", 3],
          ["b", "y", 2],
          ["b", "z", 4],
          ["c", "y", 2],
          ["c", "z", 3],
        ]),
      ),
    );
    // x above y by 2 and 1, below z by 1: (2 · (1.5 + 2) + 1 · (−1 + 3)) / 3
    expect(model.predict("c", "x").value).toBeCloseTo(3, 14);
    // a's own rating of x does not count: 1.5 + 3
    expect(model.predict("a", "x").value).toBe(4.5);
  });

  it("explains itself by the items of the history", async () => {
    const model = await slopeOne().fit(createTrainset(table));
    expect(model.explain!("c", "x")).toEqual({
      score: 3.5,
      contributions: [
        { term: "user_mean", value: 2.5 },
        { itemId: "y", value: 1 },
      ],
    });
  });

  describe.each([false, true])("weighted %s", (weighted) => {
    it.each([1, 2, 3, 4, 5])("agrees with the definition: random table %d", async (seed) => {
      const random = { ...randomTable(seed, { step: 0.25 }), scale: wide };
      const trainset = createTrainset(random);
      const model = await slopeOne({ weighted }).fit(trainset);
      for (const user of trainset.userIds()) {
        for (const item of trainset.itemIds()) {
          expect(model.predict(user, item).value).toBeCloseTo(oracle(random, user, item, weighted), 12);
        }
      }
    });
  });
});

function oracle(table: RatingTable, user: Id, item: Id, weighted: boolean): number {
  const trainset = createTrainset(table);
  const rated = [...trainset.ratingsOf(user)];
  const mean = rated.reduce((sum, { rating }) => sum + rating, 0) / rated.length;
  const deviations = (j: Id) => {
    const ofJ = new Map([...trainset.ratingsFor(j)].map(({ userId, rating }) => [userId, rating]));
    const common = [...trainset.ratingsFor(item)].filter(({ userId }) => ofJ.has(userId));
    return common.map(({ userId, rating }) => rating - ofJ.get(userId)!);
  };
  let total = 0;
  let weight = 0;
  for (const { itemId, rating } of rated) {
    const all = deviations(itemId);
    if (all.length === 0 || (weighted && itemId === item)) continue;
    const deviation = all.reduce((sum, value) => sum + value, 0) / all.length;
    total += weighted ? all.length * (deviation + rating) : deviation;
    weight += weighted ? all.length : 1;
  }
  if (weight === 0) return mean;
  return weighted ? total / weight : mean + total / weight;
}
