import { createRandom } from "@tamis/core";
import { expect, it } from "vitest";
import { groupRows, type SparseRows } from "../sparse-rows.ts";
import { beyondAccuracy, entropy, gini, type NumberedList } from "./beyond-accuracy.ts";

it("gini and entropy by hand", () => {
  expect(gini([1, 1, 1, 1])).toBe(0);
  expect(gini([0, 0, 0, 5])).toBe(0.75);
  // x = 1, 2, 3: (−2 · 1 + 0 · 2 + 2 · 3) / (3 · 6)
  expect(gini([3, 1, 2])).toBeCloseTo(4 / 18, 15);
  expect(gini([0, 0])).toBe(0);
  expect(entropy([2, 2, 2, 2, 0])).toBe(2);
  expect(entropy([7, 0])).toBe(0);
  expect(entropy([0, 0])).toBe(0);
});

it("two users and four items by hand", () => {
  // Histories: user 0 has items 0 and 1, user 1 has 0, user 2 has 1 and 2; nobody has 3.
  const histories = rows([0, 1], [0], [1, 2]);
  const lists = [list(0, [2, 3], [1, 0]), list(1, [1, 2], [1, 0])];
  const judged = beyondAccuracy(lists, histories, 4);
  // Places: item 1 once, 2 twice, 3 once.
  expect(judged.catalogueCoverage).toBe(3 / 4);
  expect(judged.distributionalCoverage).toBeCloseTo(1.5, 15);
  expect(judged.gini).toBeCloseTo((-3 * 0 - 1 * 1 + 1 * 1 + 3 * 2) / (4 * 4), 15);
  // Counts 2, 2, 1, 0 of 5; nobody has 3, which counts 1.
  const bits = (count: number) => -Math.log2(count / 5);
  expect(judged.novelty).toBeCloseTo((bits(1) + bits(1) + bits(2) + bits(1)) / 4, 15);
  // sim(2, 3) = 0; sim(1, 2) = 1 / √(2 · 1)
  const near = 1 / Math.SQRT2;
  expect(judged.diversity).toBeCloseTo((1 + (1 - near)) / 2, 15);
  // User 0's hit 2 to history {0, 1}: (0 + near) / 2; user 1's hit 1 to {0}: 1 / √(2 · 2)
  expect(judged.serendipity).toBeCloseTo(((1 - near / 2) / 2 + (1 - 1 / 2) / 2) / 2, 15);
  // Lists' counts (1 + 0) / 2 and (2 + 1) / 2; histories' 2 and 2
  expect(judged.popularityBias).toBeCloseTo((0.5 + 1.5) / (2 + 2) - 1, 15);
});

it("agrees with the definitions, pair by pair, on random lists", () => {
  const random = createRandom(4);
  for (let times = 0; times < 30; times++) {
    const some = (share: number) => [...Array(10).keys()].filter(() => random.uniform() < share);
    const had = Array.from({ length: 8 }, () => some(0.4));
    const lists = had.map((history, user) => {
      const items = random
        .shuffle([...Array(10).keys()].filter((item) => !history.includes(item)))
        .slice(0, 4);
      return list(
        user,
        items,
        items.map(() => random.integer(2)),
      );
    });
    const judged = beyondAccuracy(lists, rows(...had), 10);
    const holders = (item: number) => had.filter((history) => history.includes(item)).length;
    const alike = (a: number, b: number) => {
      const both = had.filter((history) => history.includes(a) && history.includes(b)).length;
      return both === 0 ? 0 : both / Math.sqrt(holders(a) * holders(b));
    };
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const diversity = lists
      .map(({ items }) => [...items])
      .filter((items) => items.length > 1)
      .map((items) => 1 - mean(items.flatMap((a) => items.filter((b) => b !== a).map((b) => alike(a, b)))));
    expect(judged.diversity).toBeCloseTo(mean(diversity), 12);
    const serendipity = lists.map(({ user, items, hits }) =>
      mean(
        [...items].map((item, n) => {
          const familiar = had[user]!.length === 0 ? 0 : mean(had[user]!.map((other) => alike(item, other)));
          return hits[n]! * (1 - familiar);
        }),
      ),
    );
    expect(judged.serendipity).toBeCloseTo(mean(serendipity), 12);
  }
});

function list(user: number, items: readonly number[], hits: readonly number[]): NumberedList {
  return { user, items: Int32Array.from(items), hits: Uint8Array.from(hits) };
}

function rows(...histories: readonly (readonly number[])[]): SparseRows {
  const users = Int32Array.from(histories.flatMap((history, user) => history.map(() => user)));
  const items = Int32Array.from(histories.flat());
  return groupRows(histories.length, users, items, new Float64Array(items.length).fill(1));
}
