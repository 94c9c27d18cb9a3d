import { createRandom } from "@tamis/core";
import { describe, expect, test } from "vitest";
import { svd } from "../recommenders/svd.ts";
import { createRecommender } from "../recommenders.ts";
import { synthesizeFilms } from "../synthesize/synthesize-films.ts";
import { compareRmse } from "./compare-rmse.ts";
import { type CrossValidation, crossValidate } from "./cross-validate.ts";

/** A cross-validation of one fold, with these squared errors of each user, one row each. */
function errors(squared: readonly number[]): CrossValidation {
  const users = {
    userIds: squared.map((_, user) => user),
    squared: Float64Array.from(squared),
    absolute: Float64Array.from(squared, Math.sqrt),
    rows: new Float64Array(squared.length).fill(1),
  };
  return { model: "some", folds: [{ users }] } as unknown as CrossValidation;
}

describe("compareRmse", () => {
  test("is the difference of the RMSE over all rows, with an interval around it", () => {
    const [a, b] = [errors([1, 4, 9, 4]), errors([4, 4, 16, 9])];
    const { mean, low, high, pairs } = compareRmse(a, b);
    expect(mean).toBeCloseTo(Math.sqrt(18 / 4) - Math.sqrt(33 / 4), 12);
    expect(pairs).toBe(4);
    expect(low).toBeLessThan(mean);
    expect(high).toBeGreaterThan(mean);
  });

  test("its p-value is that of all ways to swap: 4 users, all better, is 2 of 16", () => {
    const { pValue } = compareRmse(errors([1, 4, 9, 4]), errors([4, 5, 16, 9]), { resamples: 20_000 });
    expect(pValue).toBeCloseTo(2 / 16, 2);
  });

  test("alike models differ by nothing", () => {
    expect(compareRmse(errors([1, 2]), errors([1, 2]))).toMatchObject({
      mean: 0,
      low: 0,
      high: 0,
      pValue: 1,
    });
  });

  test("tells a model from chance, and finds 5 % of differences where there is none", async () => {
    const table = synthesizeFilms({ users: 60, items: 60, ratings: 2500 }).table();
    const learnt = await crossValidate(table, svd({ factors: 2, epochs: 5 }));
    const chance = await crossValidate(table, createRecommender("normal-predictor"));
    const found = compareRmse(learnt, chance, { resamples: 1000 });
    expect(found.high).toBeLessThan(0);
    expect(found.pValue).toBeLessThan(0.01);

    const random = createRandom(9);
    const draw = () => errors(Array.from({ length: 30 }, () => random.normal() ** 2));
    let alarms = 0;
    for (let trial = 0; trial < 400; trial++) {
      if (compareRmse(draw(), draw(), { resamples: 199 }).pValue <= 0.05) alarms++;
    }
    expect(alarms).toBeGreaterThan(8); // 20 of 400 on average, with a deviation of 4.4
    expect(alarms).toBeLessThan(34);
  });

  test("refuses what was not tested on the same rows", () => {
    expect(() => compareRmse(errors([1, 2]), errors([1, 2, 3]))).toThrow("not tested on the same rows");
  });
});
