import { createRandom } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { ease } from "../recommenders/ease.ts";
import { itemKnn } from "../recommenders/item-knn.ts";
import { popularity } from "../recommenders/popularity.ts";
import { randomTable } from "../testing/small-tables.ts";
import { bootstrapMean } from "./bootstrap.ts";
import { comparePaired, compareRankings } from "./compare.ts";
import { rankValidate } from "./rank-validate.ts";

describe("bootstrapMean", () => {
  it("bounds equal values by themselves, and repeats for a seed", () => {
    expect(bootstrapMean([2, 2, 2])).toEqual({ mean: 2, low: 2, high: 2 });
    const values = Float64Array.from({ length: 50 }, (_, n) => n);
    expect(bootstrapMean(values, { seed: 3 })).toEqual(bootstrapMean(values, { seed: 3 }));
    expect(bootstrapMean(values, { seed: 3 })).not.toEqual(bootstrapMean(values, { seed: 4 }));
  });

  it("is about as wide as the normal interval of a large sample: ±1.96 σ / √n", () => {
    const random = createRandom(1);
    const values = Float64Array.from({ length: 2000 }, () => random.normal(5, 3));
    const { mean, low, high } = bootstrapMean(values, { resamples: 2000 });
    const half = (1.96 * 3) / Math.sqrt(2000);
    expect(high - mean).toBeGreaterThan(half * 0.9);
    expect(high - mean).toBeLessThan(half * 1.1);
    expect(mean - low).toBeGreaterThan(half * 0.9);
    const narrower = bootstrapMean(values, { confidence: 0.5 });
    expect(narrower.high - narrower.low).toBeLessThan(0.5 * (high - low));
  });

  it.each([{ confidence: 1 }, { confidence: Number.NaN }, { resamples: 0 }])("refuses %j", (options) => {
    expect(() => bootstrapMean([1], options)).toThrow(expect.objectContaining({ code: "invalid_input" }));
    expect(() => bootstrapMean([])).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });
});

describe("comparePaired", () => {
  it("finds nothing between equals", () => {
    expect(comparePaired([1, 2, 3], [1, 2, 3])).toMatchObject({
      mean: 0,
      low: 0,
      high: 0,
      pValue: 1,
      pairs: 3,
    });
  });

  it("counts signs: five differences of 1 are as far from 0 only when all signs agree, once in 16", () => {
    const { mean, pValue } = comparePaired([2, 2, 2, 2, 2], [1, 1, 1, 1, 1], { resamples: 20_000 });
    expect(mean).toBe(1);
    expect(Math.abs(pValue - 1 / 16)).toBeLessThan(0.006);
  });

  it("has the p-value of all sign patterns, for ten random differences", () => {
    const random = createRandom(2);
    const a = Array.from({ length: 10 }, () => random.normal(0.4, 1));
    const seen = Math.abs(a.reduce((sum, value) => sum + value, 0));
    let asFar = 0;
    for (let signs = 0; signs < 1024; signs++) {
      const sum = a.reduce((total, value, n) => total + ((signs >> n) & 1 ? value : -value), 0);
      if (Math.abs(sum) >= seen - 1e-12) asFar++;
    }
    const { pValue } = comparePaired(a, new Float64Array(10), { resamples: 20_000 });
    expect(Math.abs(pValue - asFar / 1024)).toBeLessThan(0.012);
  });

  it("refuses what is no pair", () => {
    expect(() => comparePaired([1], [1, 2])).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });
});

describe("compareRankings", () => {
  const table = randomTable(1, { users: 40, items: 25 });

  it("compares the users of the same folds, the difference being that of the metric", async () => {
    const a = await rankValidate(table, ease({ regularization: 5 }));
    const b = await rankValidate(table, popularity());
    const compared = compareRankings(a, b, "recall");
    expect(compared.pairs).toBe(new Set(a.folds.flatMap(({ userIds }) => userIds)).size);
    expect(compared.low).toBeLessThanOrEqual(compared.mean);
    expect(compared.high).toBeGreaterThanOrEqual(compared.mean);
    expect(compareRankings(b, a, "recall").mean).toBeCloseTo(-compared.mean, 14);
    expect(compareRankings(a, a, "ndcg")).toMatchObject({ mean: 0, pValue: 1 });
  });

  it("refuses other folds and another k", async () => {
    const a = await rankValidate(table, itemKnn(), { seed: 1 });
    for (const options of [{ seed: 2 }, { seed: 1, k: 5 }, { seed: 1, sampledNegatives: 5 }]) {
      const b = await rankValidate(table, itemKnn(), options);
      expect(() => compareRankings(a, b, "ndcg")).toThrow(expect.objectContaining({ code: "invalid_input" }));
    }
  });
});
