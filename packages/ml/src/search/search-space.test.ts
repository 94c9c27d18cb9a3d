import { createRandom } from "@tamis/core";
import { expect, it } from "vitest";
import {
  drawPoint,
  gridOf,
  parseSearchSpace,
  placeOf,
  type RangeDimension,
  valueAt,
  withPoint,
} from "./search-space.ts";

it.each([
  [{}, "at least one option"],
  [{ a: { values: [] } }, "“a”"],
  [{ a: { min: 2, max: 1 } }, "min must be less than max"],
  [{ a: { min: 0, max: 1, scale: "log" } }, "above 0"],
  [{ a: { min: 0.5, max: 2, integer: true } }, "integers"],
  [{ a: { min: 0, max: 1, step: 3 } }, "did you mean “steps”?"],
  [{ a: { value: [1] } }, "“a”"],
  [{ a: 5 }, "“a”"],
  [7, "search space"],
  [null, "search space"],
])("refuses %j and says why", (space, hint) => {
  expect(() => parseSearchSpace(space)).toThrow(hint);
});

it("draws within the range, whole numbers evenly, a log scale evenly over its powers", () => {
  const space = parseSearchSpace({
    whole: { min: 1, max: 3, integer: true },
    power: { min: 1e-4, max: 1, scale: "log" },
    word: { values: ["a", "b"] },
  });
  const random = createRandom(1);
  const drawn = Array.from({ length: 6000 }, () => drawPoint(space, random));
  for (const whole of [1, 2, 3]) {
    expect(drawn.filter((point) => point.whole === whole).length).toBeGreaterThan(1850);
  }
  const small = drawn.filter(({ power }) => Number(power) < 0.01).length;
  expect(Math.abs(small - 3000)).toBeLessThan(200);
  expect(Math.abs(drawn.filter(({ word }) => word === "a").length - 3000)).toBeLessThan(200);
  for (const { power } of drawn) expect(power).toSatisfy((value: number) => value >= 1e-4 && value <= 1);
});

it("finds the place of a number again", () => {
  const { a, b } = parseSearchSpace({
    a: { min: 0.001, max: 10, scale: "log" },
    b: { min: 1, max: 100, integer: true, scale: "log" },
  }) as Record<string, RangeDimension>;
  for (const place of [0, 0.2, 0.71, 1]) expect(placeOf(a!, valueAt(a!, place))).toBeCloseTo(place, 12);
  for (const value of [1, 2, 37, 100]) expect(valueAt(b!, placeOf(b!, value))).toBe(value);
  expect([valueAt(b!, 0), valueAt(b!, 1)]).toEqual([1, 100]);
});

it("puts a grid on both ends and what lies between, whole numbers once", () => {
  const values = (range: object) => gridOf(parseSearchSpace({ x: range })).map(({ x }) => x);
  expect(values({ min: 0, max: 1, steps: 3 })).toEqual([0, 0.5, 1]);
  expect(values({ min: 1, max: 3, integer: true, steps: 9 })).toEqual([1, 2, 3]);
  expect(values({ min: 0.01, max: 1, scale: "log", steps: 3 })[1]).toBeCloseTo(0.1, 12);
  const huge = parseSearchSpace({ x: { min: 0, max: 1, steps: 400 }, y: { min: 0, max: 1, steps: 400 } });
  expect(() => gridOf(huge)).toThrow("160000 points");
});

it("puts values in their places without touching the options it is given", () => {
  const options = { k: 40, similarity: { name: "msd", shrinkage: 100 } };
  expect(withPoint(options, { "similarity.shrinkage": 5, k: 20, "baseline.epochs": 3 })).toEqual({
    k: 20,
    similarity: { name: "msd", shrinkage: 5 },
    baseline: { epochs: 3 },
  });
  expect(options).toEqual({ k: 40, similarity: { name: "msd", shrinkage: 100 } });
});
