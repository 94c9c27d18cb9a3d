import { checkRating, createRandom, type Rating, type Reject } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { delimitedRatings } from "./delimited-ratings.ts";
import { idAt } from "./rating-batch.ts";
import type { RatingLayout } from "./rating-layout.ts";

const scale = { min: -10, max: 10 };
const layout: RatingLayout = {
  separator: ",",
  quoting: true,
  encoding: "utf-8",
  header: false,
  names: null,
  columns: { user: 0, item: 1, rating: 2, timestamp: 3 },
  columnCount: 4,
};

function read(text: string, options: Partial<RatingLayout> = {}, range = scale) {
  const ratings: (Rating & { line: number })[] = [];
  const rejects: Reject[] = [];
  const reader = delimitedRatings({ ...layout, ...options }, "ratings.csv", range, {
    onBatch(batch) {
      for (let row = 0; row < batch.length; row++) {
        const ratedAt = batch.ratedAt[row]!;
        ratings.push({
          line: batch.lines[row]!,
          userId: idAt(batch.users, row),
          itemId: idAt(batch.items, row),
          rating: batch.ratings[row]!,
          ratedAt: Number.isNaN(ratedAt) ? null : ratedAt,
        });
      }
    },
    onReject: (reject) => rejects.push(reject),
  });
  reader.push(Buffer.from(text));
  reader.end();
  return { ratings, rejects: rejects.sort((a, b) => a.line - b.line) };
}

describe("delimitedRatings", () => {
  it("gives each row that is wrong its reason, line and text", () => {
    const { ratings, rejects } = read(
      "1,2,3,4\n1,2,abc,4\n1,2,11,4\n,2,3,4\n1,,3,4\n1,2,,4\n1,2,3\n1,2,3,soon\n1,2,3,4,5\n1,\u0007,3,4\n1,3,4\n",
    );
    expect(ratings).toEqual([{ line: 1, userId: 1, itemId: 2, rating: 3, ratedAt: 4 }]);
    expect(rejects.map(({ line, reason }) => [line, reason])).toEqual([
      [2, "rating_not_a_number"],
      [3, "rating_out_of_scale"],
      [4, "missing_user"],
      [5, "missing_item"],
      [6, "missing_rating"],
      [7, "wrong_column_count"],
      [8, "timestamp_invalid"],
      [9, "wrong_column_count"],
      [10, "invalid_id"],
      [11, "wrong_column_count"],
    ]);
    expect(rejects[0]).toMatchObject({ source: "ratings.csv", raw: "1,2,abc,4" });
    expect(rejects[5]!.detail).toBe("3 columns where 4 were expected");
  });

  it("passes over the header only when it came through", () => {
    expect(read("user,item,rating,time\n1,2,3,4\n", { header: true }).ratings).toHaveLength(1);
    expect(read("u\0,item,rating,time\n1,2,3,4\n", { header: true }).ratings).toHaveLength(1);
  });

  it("keeps ids as they are: 0-based, with letters, with leading zeros, beyond 2^53", () => {
    const { ratings } = read("0,a7,1,\n007,-3,1,\n9007199254740993,é x,1,\n");
    expect(ratings.map(({ userId, itemId }) => [userId, itemId])).toEqual([
      [0, "a7"],
      ["007", -3],
      ["9007199254740993", "é x"],
    ]);
  });

  it("takes dates, milliseconds and missing times", () => {
    const { ratings } = read("1,2,3,2017/8/18\n1,2,3,1503014400000\n1,2,3,\n");
    expect(ratings.map(({ ratedAt }) => ratedAt)).toEqual([1503014400, 1503014400, null]);
  });

  it("reads any cell as checkRating does, quick way or slow, for every separator and column order", () => {
    const random = createRandom(11);
    const orders = [
      { user: 0, item: 1, rating: 2, timestamp: 3 },
      { user: 2, item: 0, rating: 3, timestamp: null },
      { user: 3, item: 2, rating: 0, timestamp: 1 },
    ];
    let accepted = 0;
    for (let round = 0; round < 60; round++) {
      const separator = [",", "\t", "::", ";", "~~~"][random.integer(5)]!;
      const columns = orders[random.integer(3)]!;
      const rows = Array.from({ length: 50 }, () => Array.from({ length: 4 }, () => randomCell(random)));
      const text = rows.map((row) => row.join(separator)).join(random.integer(2) ? "\n" : "\r\n");
      const { ratings, rejects } = read(text, { separator, columns });
      accepted += ratings.length;
      const expected = rows.map((row) =>
        checkRating(
          {
            userId: row[columns.user]!,
            itemId: row[columns.item]!,
            rating: row[columns.rating]!,
            ratedAt: columns.timestamp === null ? undefined : row[columns.timestamp],
          },
          scale,
        ),
      );
      expect(ratings).toEqual(
        expected.flatMap(({ rating }, i) => (rating ? [{ line: i + 1, ...rating }] : [])),
      );
      expect(rejects.map(({ line, reason }) => [line, reason])).toEqual(
        expected.flatMap(({ reason }, i) => (reason ? [[i + 1, reason]] : [])),
      );
    }
    expect(accepted).toBeGreaterThan(500);
  });
});

function randomCell(random: ReturnType<typeof createRandom>): string {
  if (random.integer(4) > 0) return String(random.integer(10));
  const digits = String(random.integer(1e9)).slice(0, 1 + random.integer(9));
  const odd = [
    "",
    "-",
    ".",
    "-0",
    "00",
    "1e1",
    "+3",
    " 4 ",
    "0.1",
    ".5",
    "5.",
    "-7.82",
    "1.2.3",
    "9007199254740993",
  ];
  const all = [
    ...odd,
    "0.30000000000000004",
    "2.675",
    `1.${digits}`,
    `-0.${digits}${digits}`,
    "é",
    "20170818",
  ];
  return all[random.integer(all.length)]!;
}
