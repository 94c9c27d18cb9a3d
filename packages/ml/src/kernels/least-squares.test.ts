import { createRandom } from "@tamis/core";
import { expect, test } from "vitest";
import {
  alternateLeastSquares,
  type LeastSquaresFactors,
  type LeastSquaresProblem,
  type WeightedRows,
} from "./least-squares.ts";
import { skewedRatings } from "./skewed-ratings.ts";

const triples = skewedRatings({ users: 90, items: 50, ratings: 1200, seed: 9 });

function problem(factors: number, epochs: number): LeastSquaresProblem {
  const random = createRandom(1);
  const initialItems = Float64Array.from({ length: triples.itemCount * factors }, () =>
    random.normal(0, 0.1),
  );
  const side = (rows: Int32Array, columns: Int32Array, count: number): WeightedRows => {
    const order = Array.from(rows.keys()).sort((a, b) => rows[a]! - rows[b]! || a - b);
    const starts = Array.from(
      { length: count + 1 },
      (_, row) => order.filter((at) => rows[at]! < row).length,
    );
    return {
      starts,
      columns: order.map((at) => columns[at]!),
      weights: order.map((at) => triples.ratings[at]! / 2),
      targets: order.map((at) => 1 + triples.ratings[at]! / 2),
      penalties: Array.from({ length: count }, (_, row) => 0.1 + 0.01 * (starts[row + 1]! - starts[row]!)),
    };
  };
  return {
    users: side(triples.users, triples.items, triples.userCount),
    items: side(triples.items, triples.users, triples.itemCount),
    weightOfAll: 0.3,
    factors,
    epochs,
    initialItems,
  };
}

/** One half step in doubles, by Gauss elimination: the oracle. */
function plainHalfStep(
  rows: WeightedRows,
  fixed: ArrayLike<number>,
  weightOfAll: number,
  d: number,
): Float64Array {
  const result = new Float64Array(rows.penalties.length * d);
  for (let row = 0; row < rows.penalties.length; row++) {
    const a = Array.from({ length: d }, (_, i) =>
      Float64Array.from({ length: d + 1 }, (_, j) => (i === j ? rows.penalties[row]! : 0)),
    );
    const add = (column: number, weight: number, target: number) => {
      for (let i = 0; i < d; i++) {
        for (let j = 0; j < d; j++) a[i]![j]! += weight * fixed[column * d + i]! * fixed[column * d + j]!;
        a[i]![d]! += target * fixed[column * d + i]!;
      }
    };
    for (let column = 0; column * d < fixed.length; column++) add(column, weightOfAll, 0);
    for (let at = rows.starts[row]!; at < rows.starts[row + 1]!; at++) {
      add(rows.columns[at]!, rows.weights[at]!, rows.targets[at]!);
    }
    for (let i = 0; i < d; i++) {
      for (let other = 0; other < d; other++) {
        if (other === i) continue;
        const factor = a[other]![i]! / a[i]![i]!;
        for (let j = i; j <= d; j++) a[other]![j]! -= factor * a[i]![j]!;
      }
    }
    for (let i = 0; i < d; i++) result[row * d + i] = a[i]![d]! / a[i]![i]!;
  }
  return result;
}

test.each([1, 7, 16])("with %i factors, users and items are the oracle's", async (factors) => {
  const work = problem(factors, 2);
  let items: ArrayLike<number> = work.initialItems;
  let users: ArrayLike<number> = [];
  for (let epoch = 0; epoch < work.epochs; epoch++) {
    users = plainHalfStep(work.users, items, work.weightOfAll, factors);
    items = plainHalfStep(work.items, users, work.weightOfAll, factors);
  }
  const result = await alternateLeastSquares(work, { workers: 2 });
  expect(result.users).toHaveLength(users.length);
  expect(distance(result.users, users)).toBeLessThan(1e-3);
  expect(distance(result.items, items)).toBeLessThan(1e-3);
});

test("enough steps of conjugate gradients reach the exact factors", async () => {
  const exact = await alternateLeastSquares(problem(7, 6), { workers: 2 });
  const enough = await alternateLeastSquares({ ...problem(7, 6), steps: 12 }, { workers: 2 });
  expect(distance(enough.items, exact.items)).toBeLessThan(1e-3);
});

test("three steps lower the loss as far as exact solves do, to 1 %", async () => {
  const [none, exact, three] = await Promise.all([
    alternateLeastSquares(problem(7, 0), { workers: 0 }),
    alternateLeastSquares(problem(7, 15), { workers: 0 }),
    alternateLeastSquares({ ...problem(7, 15), steps: 3 }, { workers: 0 }),
  ]);
  const gained = loss(none) - loss(exact);
  expect(gained).toBeGreaterThan(0);
  expect(loss(none) - loss(three)).toBeGreaterThan(0.99 * gained);
});

/** What alternating least squares minimises, without the constant. */
function loss({ users, items }: LeastSquaresFactors): number {
  const { users: rows, items: columns, weightOfAll } = problem(7, 0);
  const score = (user: number, item: number) => {
    let sum = 0;
    for (let k = 0; k < 7; k++) sum += users[user * 7 + k]! * items[item * 7 + k]!;
    return sum;
  };
  const penalty = (factors: Float32Array, side: WeightedRows) =>
    factors.reduce((sum, value, at) => sum + side.penalties[Math.floor(at / 7)]! * value * value, 0);
  let total = penalty(users, rows) + penalty(items, columns);
  for (let user = 0; user < triples.userCount; user++) {
    for (let item = 0; item < triples.itemCount; item++) total += weightOfAll * score(user, item) ** 2;
    for (let at = rows.starts[user]!; at < rows.starts[user + 1]!; at++) {
      const estimate = score(user, rows.columns[at]!);
      total += rows.weights[at]! * estimate ** 2 - 2 * rows.targets[at]! * estimate;
    }
  }
  return total;
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((largest, value, at) => Math.max(largest, Math.abs(value - b[at]!)), 0);
}

test.each([undefined, 3])(
  "with steps %s, the factors are the same bits for 0, 1 and 3 workers",
  async (steps) => {
    const alone = await alternateLeastSquares({ ...problem(10, 2), steps }, { workers: 0 });
    for (const workers of [1, 3])
      expect(await alternateLeastSquares({ ...problem(10, 2), steps }, { workers })).toEqual(alone);
  },
);
