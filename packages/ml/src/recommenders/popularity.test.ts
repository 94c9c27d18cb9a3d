import { ratingTable } from "@tamis/core";
import { expect, it } from "vitest";
import { tableOf } from "../testing/small-tables.ts";
import { createTrainset } from "../trainset.ts";
import { popularity } from "./popularity.ts";

const day = 86_400;
const rows: [string, string, number][] = [
  ["a", "x", 5],
  ["b", "x", 4],
  ["c", "x", 3],
  ["a", "y", 5],
  ["b", "z", 2],
  ["c", "z", 1],
];
const trainset = createTrainset(tableOf(rows));

it("counts ratings, whoever asks", async () => {
  const model = await popularity().fit(trainset);
  expect(model.itemIds).toEqual(["x", "y", "z"]);
  expect([...model.scoreItems("a")]).toEqual([3, 1, 2]);
  expect([...model.scoreItems("nobody")]).toEqual([3, 1, 2]);
  expect([...model.foldIn!([{ itemId: "z", rating: 1 }])]).toEqual([3, 1, 2]);
  expect(model.explain!("a", "x")).toEqual({ score: 3, contributions: [{ term: "popularity", value: 3 }] });
  expect([...(await popularity({ minRating: 4 }).fit(trainset)).scoreItems("a")]).toEqual([2, 1, 0]);
});

it("damps means by so many ratings of the average kind: (R + m μ) / (W + m)", async () => {
  // μ = 20 / 6; x: (12 + 2μ) / 5, y: (5 + 2μ) / 3, z: (3 + 2μ) / 4
  const { scoreItems } = await popularity({ measure: "mean", damping: 2 }).fit(trainset);
  const mu = 20 / 6;
  const expected = [(12 + 2 * mu) / 5, (5 + 2 * mu) / 3, (3 + 2 * mu) / 4];
  for (const [n, score] of scoreItems("a").entries()) expect(score).toBeCloseTo(expected[n]!, 14);
  const undamped = await popularity({ measure: "mean", damping: 0 }).fit(trainset);
  expect([...undamped.scoreItems("a")]).toEqual([4, 5, 1.5]);
});

it("halves a rating with every half-life, counted from the newest; without a time it counts nothing", async () => {
  const timed = (days: number | null) => (days === null ? null : days * day);
  const table = ratingTable(
    [
      { userId: 1, itemId: "old", rating: 5, ratedAt: timed(0) },
      { userId: 2, itemId: "old", rating: 5, ratedAt: timed(0) },
      { userId: 3, itemId: "old", rating: 5, ratedAt: timed(7) },
      { userId: 1, itemId: "new", rating: 3, ratedAt: timed(14) },
      { userId: 2, itemId: "untimed", rating: 3, ratedAt: null },
    ],
    { min: 1, max: 5 },
  );
  const { scoreItems } = await popularity({ halfLifeDays: 7 }).fit(createTrainset(table));
  const expected = [0.25 + 0.25 + 0.5, 1, 0];
  for (const [n, score] of scoreItems(1).entries()) expect(score).toBeCloseTo(expected[n]!, 14);
  // The rows may come in any order, and not all of them.
  const some = await popularity({ halfLifeDays: 7 }).fit(createTrainset(table, Int32Array.of(3, 2, 0)));
  expect(some.itemIds).toEqual(["new", "old"]);
  expect(some.scoreItems(1)[1]).toBeCloseTo(0.25 + 0.5, 14);
});

it("cannot tell what is trending when no rating has a time", async () => {
  const fit = popularity({ halfLifeDays: 7 }).fit(trainset);
  await expect(fit).rejects.toMatchObject({ code: "analysis" });
});

it("ranks for each segment, shrunk towards everybody", async () => {
  const segmentOf = (user: string | number) => ({ a: "north", b: "north", c: "elsewhere" })[String(user)];
  const model = await popularity({ segments: ["north", "south"], damping: 6 }, { segmentOf }).fit(trainset);
  // north: x 2, y 1, z 1; everybody's 3, 1, 2 of 6, six of which are added
  expect([...model.segmentScores("north")!]).toEqual([2 + 3, 1 + 1, 1 + 2]);
  expect([...model.segmentScores("south")!]).toEqual([3, 1, 2]);
  expect(model.segmentScores("west")).toBeUndefined();
  expect([...model.scoreItems("b")]).toEqual([5, 2, 3]);
  expect([...model.scoreItems("c")]).toEqual([3, 1, 2]);
  expect(model.explain!("a", "y").contributions).toEqual([{ term: "segment_popularity", value: 2 }]);
  const means = await popularity({ measure: "mean", segments: ["north"], damping: 1 }, { segmentOf }).fit(
    trainset,
  );
  const prior = means.scoreItems("c");
  // north's ratings: x 5 and 4, y 5, z 2
  const expected = [(9 + prior[0]!) / 3, (5 + prior[1]!) / 2, (2 + prior[2]!) / 2];
  for (const [n, score] of means.segmentScores("north")!.entries())
    expect(score).toBeCloseTo(expected[n]!, 14);
});

it("refuses options that are not there", () => {
  expect(() => popularity({ halflife: 3 } as never)).toThrow(
    expect.objectContaining({ code: "invalid_input" }),
  );
});
