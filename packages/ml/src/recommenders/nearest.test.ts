import { createRandom } from "@tamis/core";
import { expect, it } from "vitest";
import { createNearest } from "./nearest.ts";

/** The definition: a stable descending sort, cut at k, then only the positive ones. */
function oracle(similarities: number[], values: Float64Array, k: number): { count: number; mean: number } {
  const order = similarities.map((_, position) => position);
  order.sort((a, b) => similarities[b]! - similarities[a]!);
  const kept = order.slice(0, k).filter((position) => similarities[position]! > 0);
  const weight = kept.reduce((sum, position) => sum + similarities[position]!, 0);
  const total = kept.reduce((sum, position) => sum + similarities[position]! * values[position]!, 0);
  return { count: kept.length, mean: total / weight };
}

it("keeps the first offered among equals", () => {
  const nearest = createNearest(1, 2);
  for (const [position, similarity] of [0.5, 0.9, 0.5, 0.5].entries()) nearest.offer(0, similarity, position);
  expect(nearest.count(0)).toBe(2);
  expect(nearest.weigh(0, Float64Array.of(10, 1, 77, 77))).toBeCloseTo((0.5 * 10 + 0.9) / 1.4, 15);
});

it("ignores similarities that are zero, negative or not a number", () => {
  const nearest = createNearest(1, 3);
  for (const [position, similarity] of [0, -1, Number.NaN, 0.2].entries())
    nearest.offer(0, similarity, position);
  expect(nearest.count(0)).toBe(1);
  expect(nearest.weigh(0, Float64Array.of(9, 9, 9, 4))).toBe(4);
});

it("agrees with a stable sort on data full of ties, in slots that do not disturb each other", () => {
  const random = createRandom(1);
  for (let round = 0; round < 300; round++) {
    const k = 1 + random.integer(9);
    const nearest = createNearest(2, k);
    const lists = [0, 1].map(() =>
      Array.from({ length: random.integer(30) }, () => (random.integer(8) - 2) / 5),
    );
    const values = Float64Array.from({ length: 30 }, () => random.integer(1000));
    for (let position = 0; position < 30; position++) {
      for (const [slot, list] of lists.entries()) {
        if (position < list.length) nearest.offer(slot, list[position]!, position);
      }
    }
    for (const [slot, list] of lists.entries()) {
      const expected = oracle(list, values, k);
      expect(nearest.count(slot)).toBe(expected.count);
      if (expected.count > 0) expect(nearest.weigh(slot, values)).toBeCloseTo(expected.mean, 10);
    }
  }
});

it("is empty again after clear", () => {
  const nearest = createNearest(1, 2);
  nearest.offer(0, 1, 0);
  nearest.clear(0);
  expect(nearest.count(0)).toBe(0);
});
