import { compareIds, createRandom, type Id } from "@tamis/core";
import { expect, test } from "vitest";
import { topItems } from "./top-items.ts";

const none = new Set<Id>();

test("gives the best first, and at equal scores the lower id", () => {
  const ids = ["b", 10, "a", 9, 8];
  expect(topItems(ids, Float64Array.of(2, 2, 2, 2, 3), 3, none)).toEqual([
    { itemId: 8, score: 3 },
    { itemId: 9, score: 2 },
    { itemId: 10, score: 2 },
  ]);
});

test("leaves out what was seen and what has no score", () => {
  const scores = Float64Array.of(5, Number.NaN, 4, 3);
  expect(topItems([1, 2, 3, 4], scores, 9, new Set<Id>([1])).map(({ itemId }) => itemId)).toEqual([3, 4]);
});

test("n = 0, no item, and nothing left give nothing", () => {
  expect(topItems([1, 2], Float64Array.of(1, 2), 0, none)).toEqual([]);
  expect(topItems([], new Float64Array(0), 5, none)).toEqual([]);
  expect(topItems([1, 2], Float64Array.of(1, 2), 5, new Set<Id>([1, 2]))).toEqual([]);
});

test("agrees with sorting everything, for 300 random catalogues", () => {
  const random = createRandom(3);
  for (let times = 0; times < 300; times++) {
    const size = random.integer(60);
    const ids = random.shuffle(Array.from({ length: size }, (_, id): Id => (id % 3 === 0 ? `i${id}` : id)));
    const scores = Float64Array.from(ids, () => random.integer(12) - 6); // many ties
    const seen = new Set(ids.filter(() => random.integer(4) === 0));
    const n = random.integer(70);
    const sorted = ids
      .map((itemId, item) => ({ itemId, score: scores[item]! }))
      .filter(({ itemId }) => !seen.has(itemId))
      .sort((a, b) => b.score - a.score || compareIds(a.itemId, b.itemId));
    expect(topItems(ids, scores, n, seen)).toEqual(sorted.slice(0, n));
  }
});
