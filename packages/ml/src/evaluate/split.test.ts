import { describe, expect, it } from "vitest";
import { foldsFromPermutation, kFold } from "./split.ts";

describe("foldsFromPermutation", () => {
  it("cuts contiguous blocks, the first ones longer, and keeps the shuffled order around them", () => {
    const folds = [...foldsFromPermutation(Int32Array.of(4, 0, 6, 2, 5, 1, 3), 3)];
    expect(folds.map(({ test }) => [...test])).toEqual([
      [4, 0, 6],
      [2, 5],
      [1, 3],
    ]);
    expect(folds.map(({ train }) => [...train])).toEqual([
      [2, 5, 1, 3],
      [4, 0, 6, 1, 3],
      [4, 0, 6, 2, 5],
    ]);
  });
});

describe("kFold", () => {
  it("tests every row exactly once", () => {
    const folds = [...kFold(101, { folds: 4, seed: 1 })];
    const tested = folds.flatMap(({ test }) => [...test]);
    expect(tested.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 101 }, (_, row) => row));
    for (const { train, test } of folds) expect(new Set([...train, ...test]).size).toBe(101);
  });

  it("is decided by the seed, 42 unless said", () => {
    const tests = (seed?: number) =>
      [...kFold(50, { folds: 2, ...(seed !== undefined && { seed }) })].map(({ test }) => [...test]);
    expect(tests(3)).toEqual(tests(3));
    expect(tests(3)).not.toEqual(tests(4));
    expect(tests()).toEqual(tests(42));
  });

  it.each([1, 0, -1, 2.5, Number.NaN, 11])(
    "refuses %d folds of 10 rows, before anything is asked of it",
    (folds) => {
      expect(() => kFold(10, { folds })).toThrow(expect.objectContaining({ code: "invalid_input" }));
    },
  );
});
