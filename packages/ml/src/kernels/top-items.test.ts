import { createRandom } from "@tamis/core";
import { expect, test } from "vitest";
import { type FactorItems, topItems } from "./top-items.ts";

const random = createRandom(4);
// Halves: scores are exact in float32, and many of them are equal.
const halves = (length: number) => Float64Array.from({ length }, () => random.integer(5) / 2 - 1);
const catalogue: FactorItems = { factors: 6, items: halves(6 * 101), biases: halves(101) };
const users = halves(6 * 40);

function plainScores(user: number): number[] {
  return Array.from({ length: 101 }, (_, item) => {
    let score = catalogue.biases[item]!;
    for (let k = 0; k < 6; k++) score += users[user * 6 + k]! * catalogue.items[item * 6 + k]!;
    return score;
  });
}

test("lists are the best unseen items, best first, equal ones by number", async () => {
  // User 0 has seen nothing, user 1 one item, … user 39 thirty-nine; the last of them has 101 − 39 left.
  const seenOf = Array.from({ length: 40 }, (_, user) =>
    Array.from({ length: user }, (_, n) => (n * 13 + user) % 101),
  );
  const seenStarts = seenOf.map((_, user) => (user * (user - 1)) / 2);
  const who = { users, seenStarts: [...seenStarts, 780], seen: seenOf.flat() };
  for (const [n, workers] of [
    [10, 2],
    [1, 0],
    [80, 3],
  ] as const) {
    const lists = await topItems(catalogue, who, n, { workers });
    for (let user = 0; user < 40; user++) {
      const scores = plainScores(user);
      const expected = Array.from(scores.keys())
        .filter((item) => !seenOf[user]!.includes(item))
        .sort((a, b) => scores[b]! - scores[a]! || a - b)
        .slice(0, n);
      const list = Array.from(lists.items.subarray(user * n, (user + 1) * n));
      expect(list).toEqual([...expected, ...Array.from({ length: n - expected.length }, () => -1)]);
      const rest = Array.from({ length: n - expected.length }, () => Number.NaN);
      expect(Array.from(lists.scores.subarray(user * n, (user + 1) * n))).toEqual([
        ...expected.map((item) => scores[item]!),
        ...rest,
      ]);
    }
  }
});
