import { expect, it } from "vitest";
import { mae, mse, rmse } from "./accuracy.ts";

it("rmse, mse and mae by hand: errors 1, −2, 0, 0.5", () => {
  const estimates = [4, 1, 3, 2.5];
  const ratings = [3, 3, 3, 2];
  expect(rmse(estimates, ratings)).toBe(Math.sqrt((1 + 4 + 0 + 0.25) / 4));
  expect(mse(estimates, ratings)).toBe((1 + 4 + 0 + 0.25) / 4);
  expect(mae(estimates, Float64Array.from(ratings))).toBe(3.5 / 4);
});

it("is 0 for perfect estimates", () => {
  expect(rmse([-10, 10], [-10, 10])).toBe(0);
  expect(mae([-10, 10], [-10, 10])).toBe(0);
});

it.each([rmse, mse, mae])("%o has no answer for no rows or unequal lengths", (metric) => {
  expect(() => metric([], [])).toThrow(expect.objectContaining({ code: "analysis" }));
  expect(() => metric([1], [1, 2])).toThrow(expect.objectContaining({ code: "invalid_input" }));
});
