import { createRandom } from "@tamis/core";
import { describe, expect, test } from "vitest";
import { groupRows } from "../sparse-rows.ts";
import { plainSvdPlusPlus, plainSvdPlusPlusAccumulated } from "./plain-svd-plus-plus.ts";
import { skewedRatings } from "./skewed-ratings.ts";
import { descendSvdPlusPlus, type SvdPlusPlusOptions, type SvdPlusPlusParameters } from "./svd-plus-plus.ts";

const rates = {
  learningRateBu: 0.01,
  learningRateBi: 0.02,
  learningRatePu: 0.03,
  learningRateQi: 0.04,
  learningRateYj: 0.05,
  regularizationBu: 0.1,
  regularizationBi: 0.2,
  regularizationPu: 0.3,
  regularizationQi: 0.4,
  regularizationYj: 0.5,
};
const options: SvdPlusPlusOptions = { factors: 7, epochs: 3, rates, accumulated: false };

function problem(users: number, items: number, count: number, factors: number) {
  const triples = skewedRatings({ users, items, ratings: count, seed: users });
  const values = Float64Array.from(triples.ratings);
  const byUser = groupRows(triples.userCount, triples.users, triples.items, values);
  const random = createRandom(1);
  const draw = (length: number) => Float64Array.from({ length }, () => random.normal(0, 0.1));
  const start: SvdPlusPlusParameters = {
    bu: new Float64Array(users),
    bi: new Float64Array(items),
    pu: draw(users * factors),
    qi: draw(items * factors),
    yj: draw(items * factors),
  };
  return { start, ratings: { byUser, rated: byUser, mean: 3.5 } };
}

describe("descendSvdPlusPlus", () => {
  test.each([
    [7, false, { users: 40, items: 30, count: 300 }],
    [7, true, { users: 40, items: 30, count: 300 }],
    [1, false, { users: 30, items: 20, count: 150 }],
    [20, false, { users: 300, items: 200, count: 9000 }],
    [20, true, { users: 300, items: 200, count: 9000 }],
    // So long that an epoch has several parts.
    [600, false, { users: 300, items: 200, count: 9000 }],
  ])("%i factors, accumulated %s, does what the plain twin does: %o", async (factors, accumulated, size) => {
    const { start, ratings } = problem(size.users, size.items, size.count, factors);
    const found = await descendSvdPlusPlus(
      start,
      ratings,
      { ...options, factors, accumulated },
      { workers: 0 },
    );
    const expected = structuredClone(start);
    const sweep = accumulated ? plainSvdPlusPlusAccumulated : plainSvdPlusPlus;
    for (let epoch = 0; epoch < options.epochs; epoch++)
      sweep(expected, ratings, rates, factors, ratings.mean, 0, size.users);
    for (const name of ["bu", "bi", "pu", "qi", "yj"] as const) {
      expect(found[name]).toHaveLength(expected[name].length);
      const largest = found[name].reduce(
        (most, value, n) => Math.max(most, Math.abs(value - expected[name][n]!)),
        0,
      );
      expect(largest).toBeLessThan(1e-11);
    }
  });

  test("gives the same bits for 0, 1, 2 and 4 workers, and leaves the start as it was", async () => {
    const { start, ratings } = problem(60, 40, 900, 7);
    const before = structuredClone(start);
    const alone = await descendSvdPlusPlus(start, ratings, options, { workers: 0 });
    for (const workers of [1, 2, 4])
      expect(await descendSvdPlusPlus(start, ratings, options, { workers })).toEqual(alone);
    expect(start).toEqual(before);
  });
});
