import { expect, test } from "vitest";
import { type KnnData, type KnnOptions, type KnnPairs, predictKnn, similarityTriangle } from "./knn.ts";
import { plainKnn, plainSimilarities } from "./plain-knn.ts";
import { skewedRatings } from "./skewed-ratings.ts";

const { users, items, ratings, userCount, itemCount } = skewedRatings({
  users: 80,
  items: 60,
  ratings: 1500,
  seed: 5,
});
const byUser: KnnData = {
  rows: users,
  columns: items,
  values: ratings,
  rowCount: userCount,
  columnCount: itemCount,
};
const byItem: KnnData = {
  rows: items,
  columns: users,
  values: ratings,
  rowCount: itemCount,
  columnCount: userCount,
};
const residuals = Float64Array.from(
  ratings,
  (rating, at) => rating - 3.4 - 0.01 * (users[at]! % 7) + 0.013 * (items[at]! % 5),
);

/** Every cell of the matrix, known or not, in an order that is not by row. */
function everyPair({ rowCount, columnCount }: KnnData): KnnPairs {
  const cells = rowCount * columnCount;
  const cell = (at: number) => (at * 7) % cells;
  return {
    rows: Int32Array.from({ length: cells }, (_, at) => Math.floor(cell(at) / columnCount)),
    columns: Int32Array.from({ length: cells }, (_, at) => cell(at) % columnCount),
  };
}

const variants: [string, KnnData, KnnOptions][] = [
  ["msd between users", byUser, { similarity: "msd", minSupport: 1, k: 40, minK: 1 }],
  ["msd with few neighbours and many ties", byUser, { similarity: "msd", minSupport: 1, k: 3, minK: 2 }],
  ["cosine between items", byItem, { similarity: "cosine", minSupport: 3, k: 10, minK: 1 }],
  ["pearson between users", byUser, { similarity: "pearson", minSupport: 1, k: 10, minK: 1 }],
  [
    "pearson_baseline between items",
    { ...byItem, values: residuals },
    { similarity: "pearson_baseline", minSupport: 1, shrinkage: 50, k: 10, minK: 3 },
  ],
];

test.each(variants)("%s: predictions are the oracle's", async (_, data, options) => {
  const pairs = everyPair(data);
  const expected = plainKnn(data, ratings, pairs, options);
  for (const workers of [0, 2]) {
    const actual = await predictKnn(data, ratings, pairs, options, { workers });
    expect(actual.neighbours).toEqual(expected.neighbours);
    let largest = 0;
    actual.estimates.forEach((estimate, at) => {
      const wanted = expected.estimates[at]!;
      largest = Math.max(
        largest,
        Number.isNaN(estimate) && Number.isNaN(wanted) ? 0 : Math.abs(estimate - wanted),
      );
    });
    expect(largest).toBeLessThan(1e-5);
  }
});

test.each(variants)("%s: the triangle holds the oracle's similarities", async (_, data, options) => {
  const similarities = plainSimilarities(data, options);
  const triangle = await similarityTriangle(data, options, { workers: 2 });
  expect(triangle).toHaveLength((data.rowCount * (data.rowCount - 1)) / 2);
  for (let a = 1, at = 0; a < data.rowCount; a++) {
    for (let b = 0; b < a; b++, at++) expect(Math.abs(triangle[at]! - similarities(a, b))).toBeLessThan(1e-5);
  }
});

test("pairs may be none, and rows without pairs cost nothing", async () => {
  const none = { rows: new Int32Array(), columns: new Int32Array() };
  const options = variants[0]![2];
  expect((await predictKnn(byUser, ratings, none, options, { workers: 1 })).estimates).toHaveLength(0);
});

test("cancelling rejects with aborted", async () => {
  const signal = AbortSignal.abort();
  const call = predictKnn(byUser, ratings, everyPair(byUser), variants[0]![2], { workers: 2, signal });
  await expect(call).rejects.toMatchObject({ code: "aborted" });
});
