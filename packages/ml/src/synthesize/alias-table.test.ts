import { createRandom } from "@tamis/core";
import { expect, test } from "vitest";
import { aliasTable } from "./alias-table.ts";

test("draws each index in proportion to its weight, and an index of weight 0 never", () => {
  const draw = aliasTable(Float64Array.of(1, 0, 3, 6));
  const random = createRandom(1);
  const counts = [0, 0, 0, 0];
  for (let times = 0; times < 100_000; times++) counts[draw(random)]!++;
  // Four standard deviations of a share p over 100,000 draws: 4 · sqrt(p (1 − p) / 100,000) <= 0.0063
  expect(counts[1]).toBe(0);
  expect(counts[0]! / 100_000).toBeCloseTo(0.1, 2);
  expect(Math.abs(counts[2]! / 100_000 - 0.3)).toBeLessThan(0.0063);
  expect(Math.abs(counts[3]! / 100_000 - 0.6)).toBeLessThan(0.0063);
});

test("one weight is always drawn", () => {
  const draw = aliasTable(Float64Array.of(0.2));
  const random = createRandom(1);
  expect([draw(random), draw(random), draw(random)]).toEqual([0, 0, 0]);
});
