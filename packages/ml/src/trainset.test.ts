import { ratingTable } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { randomTable, tableOf } from "./testing/small-tables.ts";
import { createTrainset, denseOf, type Trainset } from "./trainset.ts";

const table = tableOf(
  [
    ["ann", 7, 4],
    [12, "x", 2.5],
    ["ann", "x", 5],
    ["bob", 7, 1],
  ],
  { min: 0.5, max: 5 },
);

describe("createTrainset", () => {
  it("counts, and keeps ids, order and scale", () => {
    const trainset = createTrainset(table);
    expect(trainset).toMatchObject({ userCount: 3, itemCount: 2, ratingCount: 4, globalMean: 3.125 });
    expect(trainset.scale).toEqual({ min: 0.5, max: 5 });
    expect([...trainset.userIds()]).toEqual(["ann", 12, "bob"]);
    expect([...trainset.itemIds()]).toEqual([7, "x"]);
    expect([...trainset.ratings()]).toEqual([
      { userId: "ann", itemId: 7, rating: 4 },
      { userId: "ann", itemId: "x", rating: 5 },
      { userId: 12, itemId: "x", rating: 2.5 },
      { userId: "bob", itemId: 7, rating: 1 },
    ]);
  });

  it("takes the rows it is given, in their order", () => {
    const trainset = createTrainset(table, Int32Array.of(3, 1));
    expect([...trainset.userIds()]).toEqual(["bob", 12]);
    expect([...trainset.itemIds()]).toEqual([7, "x"]);
    expect(trainset.globalMean).toBe(1.75);
  });

  it("finds the ratings of a user and for an item by any form of their id; none for unknown ones", () => {
    const trainset = createTrainset(table);
    expect([...trainset.ratingsOf("12")]).toEqual([{ userId: 12, itemId: "x", rating: 2.5 }]);
    expect([...trainset.ratingsFor("7")].map(({ userId }) => userId)).toEqual(["ann", "bob"]);
    expect([...trainset.ratingsOf("nobody")]).toEqual([]);
    expect([...trainset.ratingsFor("nothing")]).toEqual([]);
  });

  it("shows no inner number", () => {
    expect(Object.keys(createTrainset(table)).toSorted()).toEqual([
      "globalMean",
      "itemCount",
      "itemIds",
      "ratingCount",
      "ratings",
      "ratingsFor",
      "ratingsOf",
      "scale",
      "userCount",
      "userIds",
    ]);
  });

  it("refuses to be empty", () => {
    expect(() => createTrainset(table, new Int32Array(0))).toThrow(
      expect.objectContaining({ code: "analysis" }),
    );
  });
});

describe("denseOf", () => {
  it("has the times of the ratings by user, when there are some", () => {
    const rows = [10, null, 30].map((ratedAt, n) => ({ userId: n % 2, itemId: n, rating: 3, ratedAt }));
    const timed = ratingTable(rows);
    expect(denseOf(createTrainset(timed)).ratedAt()).toEqual(Float64Array.of(10, 30, Number.NaN));
    const some = createTrainset(timed, Int32Array.of(1, 2));
    expect(denseOf(some).ratedAt()).toEqual(Float64Array.of(Number.NaN, 30));
    expect(denseOf(createTrainset(randomTable(1))).ratedAt()).toBeNull();
  });

  it("holds every rating once by user and once by item", () => {
    const random = randomTable(4);
    const { users, items, byUser, byItem } = denseOf(createTrainset(random));
    const seen = new Map<string, number>();
    for (let user = 0; user < users.length; user++) {
      for (let p = byUser.starts[user]!; p < byUser.starts[user + 1]!; p++) {
        seen.set(`${users[user]}/${items[byUser.columns[p]!]}`, byUser.values[p]!);
      }
    }
    expect(seen.size).toBe(random.length);
    for (let item = 0; item < items.length; item++) {
      for (let p = byItem.starts[item]!; p < byItem.starts[item + 1]!; p++) {
        expect(seen.get(`${users[byItem.columns[p]!]}/${items[item]}`)).toBe(byItem.values[p]);
      }
    }
  });

  it("reads a trainset that somebody else made", () => {
    const own: Trainset = { ...createTrainset(table) };
    const { ratedAt, ...arrays } = denseOf(createTrainset(table, Int32Array.of(0, 2, 1, 3)));
    expect(denseOf(own)).toMatchObject(arrays);
    expect(denseOf(own).ratedAt()).toBe(ratedAt());
  });
});
