import { expect, test } from "vitest";
import { tableOf } from "./testing/small-tables.ts";
import { denseTrainset } from "./trainset-dense.ts";

const table = tableOf([
  ["cy", "z", 5],
  ["ann", "x", 4],
  ["bob", "y", 2],
  ["ann", "y", 5],
  ["cy", "x", 1],
  ["bob", "y", 3],
]);
/** All but the first: so cy is numbered last, and z not at all. */
const rows = Int32Array.of(1, 2, 3, 4, 5);

const byUser = {
  starts: Int32Array.of(0, 2, 4, 5),
  columns: Int32Array.of(0, 1, 1, 1, 0),
  values: Float64Array.of(4, 5, 2, 3, 1),
};
const byItem = {
  starts: Int32Array.of(0, 2, 5),
  columns: Int32Array.of(0, 2, 1, 0, 1),
  values: Float64Array.of(4, 1, 2, 5, 3),
};

test("users and items are numbered by first appearance among the rows taken", () => {
  const { users, items, ratingCount, globalMean } = denseTrainset(table, rows);
  expect({ users, items, ratingCount, globalMean }).toEqual({
    users: ["ann", "bob", "cy"],
    items: ["x", "y"],
    ratingCount: 5,
    globalMean: 3,
  });
});

test("asked by user only", () => {
  expect(denseTrainset(table, rows).byUser).toEqual(byUser);
});

test("asked by item only", () => {
  expect(denseTrainset(table, rows).byItem).toEqual(byItem);
});

test("asked both ways, whichever comes first", () => {
  const userFirst = denseTrainset(table, rows);
  expect([userFirst.byUser, userFirst.byItem]).toEqual([byUser, byItem]);
  const itemFirst = denseTrainset(table, rows);
  expect([itemFirst.byItem, itemFirst.byUser]).toEqual([byItem, byUser]);
});

test("ratings are grouped when they are first asked for, and once", () => {
  let reads = 0;
  const watched = {
    ...table,
    get ratings() {
      reads++;
      return table.ratings;
    },
  };
  const dense = denseTrainset(watched, rows);
  const forTheMean = reads;
  expect(dense.byUser).toBe(dense.byUser);
  expect(reads).toBe(forTheMean + 1);
  expect(dense.byItem).toBe(dense.byItem);
  expect(reads).toBe(forTheMean + 2);
});
