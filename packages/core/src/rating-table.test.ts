import { describe, expect, it } from "vitest";
import { createRandom } from "./random.ts";
import type { Rating } from "./rating.ts";
import { ratingTable } from "./rating-table.ts";

const rows: Rating[] = [
  { userId: "u2", itemId: 30, rating: 4, ratedAt: 100 },
  { userId: 7, itemId: 10, rating: 2.5, ratedAt: null },
  { userId: "u2", itemId: 10, rating: 5, ratedAt: 300 },
];

describe("ratingTable", () => {
  it("encodes ids in order of first appearance and keeps the order of the rows", () => {
    const table = ratingTable(rows);
    expect(table).toEqual({
      length: 3,
      users: { ids: ["u2", 7], codes: Int32Array.of(0, 1, 0) },
      items: { ids: [30, 10], codes: Int32Array.of(0, 1, 1) },
      ratings: Float64Array.of(4, 2.5, 5),
      ratedAt: Float64Array.of(100, Number.NaN, 300),
      scale: { min: 2.5, max: 5 },
    });
  });

  it("has no time column when no row has a time", () => {
    expect(ratingTable(rows.map((row) => ({ ...row, ratedAt: null }))).ratedAt).toBeNull();
  });

  it("takes the scale it is given", () => {
    expect(ratingTable(rows, { min: 0.5, max: 5 }).scale).toEqual({ min: 0.5, max: 5 });
  });

  it("has a usable scale for no rows and for equal ratings", () => {
    expect(ratingTable([])).toMatchObject({ length: 0, ratedAt: null, scale: { min: 0, max: 1 } });
    expect(ratingTable(rows.map((row) => ({ ...row, rating: -3 }))).scale).toEqual({ min: -3, max: -2 });
  });

  it("makes one id of 1 and “1”, and keeps “01” apart", () => {
    const same = [1, "1", "01"].map((userId) => ({ userId, itemId: 1, rating: 1, ratedAt: null }));
    expect(ratingTable(same).users).toEqual({ ids: [1, "01"], codes: Int32Array.of(0, 0, 1) });
  });

  it("gives back every row it was made from", () => {
    const random = createRandom(3);
    const made = Array.from({ length: 2000 }, () => ({
      userId: random.integer(2) ? random.integer(50) : `u${random.integer(50)}`,
      itemId: random.integer(300),
      rating: random.integer(201) / 10 - 10,
      ratedAt: random.integer(4) ? random.integer(2 ** 31) : null,
    }));
    const { users, items, ratings, ratedAt, length } = ratingTable(made);
    const back = Array.from({ length }, (_, row) => ({
      userId: users.ids[users.codes[row]!],
      itemId: items.ids[items.codes[row]!],
      rating: ratings[row],
      ratedAt: Number.isNaN(ratedAt![row]) ? null : ratedAt![row],
    }));
    expect(back).toEqual(made);
    expect(new Set(users.ids).size).toBe(users.ids.length);
  });
});
