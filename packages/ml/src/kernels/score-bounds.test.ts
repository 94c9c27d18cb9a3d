import { createRandom } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { blockLength, createScoreBounds } from "./score-bounds.ts";

const random = createRandom(12);
const itemCount = 101;
const draws = (length: number, size: number) => Float64Array.from({ length }, () => random.normal(0, size));

describe("the bounds of scores", () => {
  it.each([
    ["of some factors", 100, 0.1, 0.1],
    ["of one", 1, 1, 0],
    ["of so many that p has less than 16 bits", 1000, 1, 1],
    ["that are large", 20, 1e9, 1e3],
    ["that are small", 20, 1e-12, 1e-9],
    ["that float32 takes for 0", 20, 1e-40, 0],
    ["that are 0", 20, 0, 0],
  ])("%s are not below them, and close to them", (_, factors, size, bias) => {
    const items = draws(itemCount * factors, size);
    const biases = draws(itemCount, bias);
    const boundsOf = createScoreBounds({ factors, items, biases });
    for (let times = 0; times < 5; times++) {
      const row = draws(factors, size);
      const { bounds, highest } = boundsOf(row)!;
      expect(bounds.length).toBe(112);
      const gaps = Array.from({ length: itemCount }, (_, item) => {
        const q = items.subarray(item * factors, (item + 1) * factors);
        const score = row.reduce((sum, p, k) => sum + p * q[k]!, biases[item]!);
        const most = Math.abs(biases[item]!) + 1.01 * Math.hypot(...row) * Math.hypot(...q);
        return { least: bounds[item]! - score, most: bounds[item]! - score - 0.05 * most };
      });
      expect(Math.min(...gaps.map(({ least }) => least))).toBeGreaterThanOrEqual(0);
      expect(Math.max(...gaps.map(({ most }) => most))).toBeLessThanOrEqual(2e-30);
      for (const [block, most] of highest.entries()) {
        expect(most).toBe(Math.max(...bounds.subarray(block * blockLength, (block + 1) * blockLength)));
      }
      expect([...bounds.subarray(itemCount)].every((bound) => bound === Number.NEGATIVE_INFINITY)).toBe(true);
    }
  });

  it.each([1e31, Number.NaN, Number.POSITIVE_INFINITY])("there are none for a row with %d", (odd) => {
    const boundsOf = createScoreBounds({ factors: 2, items: draws(6, 1), biases: draws(3, 1) });
    expect(boundsOf(Float64Array.of(1, odd))).toBeUndefined();
    expect(boundsOf(Float64Array.of(1, 2))).toBeDefined();
  });

  it("there are none for a catalogue beyond float32", () => {
    const boundsOf = createScoreBounds({
      factors: 1,
      items: draws(3, 1),
      biases: Float64Array.of(1, 1e38, 0),
    });
    expect(boundsOf(Float64Array.of(1))).toBeUndefined();
  });
});
