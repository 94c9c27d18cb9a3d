import { createRandom } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { randomTable, tableOf } from "../testing/small-tables.ts";
import { createTrainset } from "../trainset.ts";
import { nmf } from "./nmf.ts";

const wide = { min: -1e9, max: 1e9 };

describe("nmf", () => {
  it("takes one step by hand", async () => {
    const trainset = createTrainset(
      tableOf([
        ["a", "x", 4],
        ["a", "y", 2],
      ]),
    );
    const model = await nmf({ factors: 1, epochs: 1, regularizationPu: 0.1, regularizationQi: 0.2 }).fit(
      trainset,
    );
    const random = createRandom(42);
    const [p, x, y] = [random.uniform(), random.uniform(), random.uniform()];
    const newP = (p * (x * 4 + y * 2)) / (x * x * p + y * y * p + 2 * 0.1 * p);
    const newX = (x * p * 4) / (p * x * p + 0.2 * x);
    const newY = (y * p * 2) / (p * y * p + 0.2 * y);
    expect(model.scoreItems("a")[0]).toBeCloseTo(newP * newX, 12);
    expect(model.scoreItems("a")[1]).toBeCloseTo(newP * newY, 12);
    expect(model.predict("a", "new")).toEqual({ value: 3, reason: "unknown_item" });
    expect(model.predict("new", "x")).toEqual({ value: 3, reason: "unknown_user" });
  });

  describe.each([false, true])("biased %s", (biased) => {
    it.each([1, 2, 3, 4, 5])("agrees with plain loops: random table %d", async (seed) => {
      const table = { ...randomTable(seed, { step: 0.5 }), scale: wide };
      const trainset = createTrainset(table);
      const options = { factors: 3, epochs: 4, biased, initLow: 0.1, initHigh: 0.9 };
      const model = await nmf(options).fit(trainset, { seed });
      const expected = oracle(trainset, biased, seed);
      for (const user of trainset.userIds()) {
        for (const item of trainset.itemIds()) {
          expect(model.predict(user, item).value).toBeCloseTo(expected(user, item), 11);
        }
      }
    });
  });

  it("has no negative factor, whatever the ratings", async () => {
    for (const biased of [false, true]) {
      const table = randomTable(3, { scale: { min: -10, max: 10 } });
      const { arrays } = (await nmf({ biased }).fit(createTrainset(table))).tensors();
      for (const name of ["pu", "qi"]) {
        for (const factor of arrays[name]!.data) expect(factor).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it("has Surprise's defaults", () => {
    expect(nmf().options).toEqual({
      factors: 15,
      epochs: 50,
      biased: false,
      regularizationPu: 0.06,
      regularizationQi: 0.06,
      regularizationBu: 0.02,
      regularizationBi: 0.02,
      learningRateBu: 0.005,
      learningRateBi: 0.005,
      initLow: 0,
      initHigh: 1,
    });
  });

  it("refuses impossible options, and says when the biases diverge", async () => {
    expect(() => nmf({ initLow: 1, initHigh: 1 })).toThrow(/initLow.*below initHigh/);
    const fit = nmf({ biased: true, learningRateBu: 1e3 }).fit(createTrainset(randomTable(1)));
    await expect(fit).rejects.toMatchObject({
      code: "analysis",
      message: expect.stringMatching(/learningRateBu/),
    });
  });
});

/** The sums over each user and each item as they are printed, on arrays of numbers. */
function oracle(trainset: ReturnType<typeof createTrainset>, biased: boolean, seed: number) {
  const random = createRandom(seed);
  const draw = () => Array.from({ length: 3 }, () => 0.1 + (0.9 - 0.1) * random.uniform());
  const users = new Map([...trainset.userIds()].map((id) => [id, { b: 0, f: draw() }]));
  const items = new Map([...trainset.itemIds()].map((id) => [id, { b: 0, f: draw() }]));
  const mu = biased ? trainset.globalMean : 0;
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, f) => sum + x * b[f]!, 0);
  for (let epoch = 0; epoch < 4; epoch++) {
    const seen = [...trainset.ratings()].map(({ userId, itemId, rating }) => {
      const [u, i] = [users.get(userId)!, items.get(itemId)!];
      const [rest, affinity] = [rating - mu - u.b - i.b, dot(u.f, i.f)];
      if (biased) {
        u.b += 0.005 * (rest - affinity - 0.02 * u.b);
        i.b += 0.005 * (rest - affinity - 0.02 * i.b);
      }
      return { u, i, up: Math.max(rest, 0), down: affinity + Math.max(-rest, 0) };
    });
    const updated = (own: "u" | "i", other: "u" | "i") =>
      new Map(
        [...new Set(seen.map((entry) => entry[own]))].map((side) => {
          const its = seen.filter((entry) => entry[own] === side);
          const sum = (f: number, of: "up" | "down") =>
            its.reduce((total, entry) => total + entry[other].f[f]! * entry[of], 0);
          const factors = side.f.map((x, f) => (x * sum(f, "up")) / (sum(f, "down") + its.length * 0.06 * x));
          return [side, factors];
        }),
      );
    const [newUsers, newItems] = [updated("u", "i"), updated("i", "u")];
    for (const [side, factors] of [...newUsers, ...newItems]) side.f = factors;
  }
  return (userId: string | number, itemId: string | number) => {
    const [u, i] = [users.get(userId)!, items.get(itemId)!];
    return mu + u.b + i.b + dot(u.f, i.f);
  };
}
