import { expect, test } from "vitest";
import { groupRows } from "../sparse-rows.ts";
import { type KnnData, type KnnOptions, type KnnPairs, predictKnn } from "./knn.ts";
import { plainKnn } from "./plain-knn.ts";
import { skewedRatings } from "./skewed-ratings.ts";

const { users, items, ratings, userCount, itemCount } = skewedRatings({
  users: 160,
  items: 40,
  ratings: 3000,
  seed: 5,
});
const stars = Float64Array.from(ratings);
const halves = stars.map((star, at) => star + (at % 2) / 2);
/** Of many levels, as residuals are. */
const uneven = stars.map((star, at) => star - 3.4 - 0.01 * (users[at]! % 7) + 0.013 * (items[at]! % 5));

const byUser = (values: Float64Array): KnnData => {
  const ofItems = groupRows(itemCount, items, users, values);
  return { ratings: ofItems, xCount: userCount, targets: ofItems.values.map((value) => 2 * value - 1) };
};
const byItem = (values: Float64Array): KnnData => {
  const ofUsers = groupRows(userCount, users, items, values);
  return { ratings: ofUsers, xCount: itemCount, targets: ofUsers.values };
};

/** Every cell of the matrix, known or not, in an order that is not by x. */
function everyPair({ ratings, xCount }: KnnData): KnnPairs {
  const yCount = ratings.starts.length - 1;
  const cells = xCount * yCount;
  const cell = (at: number) => (at * 7) % cells;
  return {
    xs: Int32Array.from({ length: cells }, (_, at) => Math.floor(cell(at) / yCount)),
    ys: Int32Array.from({ length: cells }, (_, at) => cell(at) % yCount),
  };
}

const options = (partial: Partial<KnnOptions>): KnnOptions => ({
  similarity: "msd",
  minSupport: 1,
  shrinkage: 100,
  k: 10,
  minK: 1,
  ...partial,
});
const variants: [string, KnnData, KnnOptions][] = [
  ["msd between users", byUser(stars), options({ k: 40, minK: 5 })],
  ["msd, few neighbours and many ties", byUser(stars), options({ k: 1, minK: 1 })],
  ["msd of half stars, little support counts for nothing", byItem(halves), options({ minSupport: 4 })],
  ["msd of uneven values", byUser(uneven), options({ k: 3, minK: 2 })],
  ["cosine between items", byItem(stars), options({ similarity: "cosine", minSupport: 3 })],
  ["pearson between users", byUser(stars), options({ similarity: "pearson" })],
  [
    "pearson_baseline between items",
    byItem(uneven),
    options({ similarity: "pearson_baseline", shrinkage: 50, minK: 3 }),
  ],
  [
    "pearson_baseline between users",
    byUser(uneven),
    options({ similarity: "pearson_baseline", minSupport: 3, k: 25 }),
  ],
];

test.each(variants)("%s: the oracle's estimates, the same bits for any workers", async (_, data, options) => {
  const pairs = everyPair(data);
  const expected = plainKnn(data, pairs, options);
  const inline = await predictKnn(data, pairs, options, { workers: 0 });
  for (const [pair, wanted] of expected.entries()) {
    const estimate = inline[pair]!;
    expect(Number.isNaN(estimate)).toBe(Number.isNaN(wanted));
    if (!Number.isNaN(wanted)) expect(Math.abs(estimate - wanted)).toBeLessThan(1e-12);
  }
  for (const workers of [1, 2, 4]) {
    expect(await predictKnn(data, pairs, options, { workers })).toEqual(inline);
  }
});

test("a rating that is there twice counts twice", async () => {
  // x 0 and 1 share y 0, twice: (1 + 1 + 0 + 0) / 4; x 2 shares it once each: (1 + 0) / 2.
  const twice = groupRows(
    2,
    Int32Array.of(0, 0, 0, 0, 0, 1, 1),
    Int32Array.of(0, 0, 1, 1, 2, 1, 2),
    Float64Array.of(3, 2, 3, 2, 2, 5, 1),
  );
  const data = { ratings: twice, xCount: 3, targets: twice.values };
  const pairs = { xs: Int32Array.of(0), ys: Int32Array.of(1) };
  const [similar, less] = [1 / (2 / 4 + 1), 1 / (1 / 2 + 1)];
  const [estimate] = await predictKnn(data, pairs, options({}), { workers: 0 });
  expect(estimate).toBeCloseTo((similar * 5 + less * 1) / (similar + less), 14);
});

test("pairs may be none, and an unknown side has no estimate", async () => {
  const data = byUser(stars);
  const none = { xs: new Int32Array(), ys: new Int32Array() };
  expect(await predictKnn(data, none, options({}), { workers: 1 })).toHaveLength(0);
  const unknown = { xs: Int32Array.of(-1, 0, -1, 0), ys: Int32Array.of(0, -1, -1, 0) };
  const estimates = await predictKnn(data, unknown, options({}), { workers: 0 });
  expect([...estimates].map(Number.isNaN)).toEqual([true, true, true, false]);
});

test("cancelling rejects with aborted", async () => {
  const signal = AbortSignal.abort();
  const data = byUser(stars);
  const call = predictKnn(data, everyPair(data), options({}), { workers: 2, signal });
  await expect(call).rejects.toMatchObject({ code: "aborted" });
});
