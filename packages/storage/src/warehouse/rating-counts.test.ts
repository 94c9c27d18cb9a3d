import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RatingCounts, RatingWindow } from "@tamis/core";
import { expect, it } from "vitest";
import { importMovielens } from "../lake/import-movielens.ts";
import { importRatings } from "../lake/import-ratings.ts";
import { openTemporary } from "../testing/open-temporary.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { ratingCounts } from "./rating-counts.ts";

const movies =
  "movieId,title,genres\n1,Heat (1995),Action|Crime\n2,Alien (1979),Horror\n3,Bare,(no genres listed)\n";
const ratings = `userId,movieId,rating,timestamp
1,1,4,100
1,2,3,200
2,1,5,300
2,3,4.5,400
`;

async function openFilms() {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "movies.csv"), movies);
  await writeFile(join(folder, "ratings.csv"), ratings);
  const tamis = await openTemporary();
  const { snapshot } = await importMovielens(tamis, folder);
  return { tamis, snapshot, counts: ratingCounts(tamis) };
}

async function valuesOf(counts: RatingCounts, window: RatingWindow) {
  const { rows, columns } = await counts.columns(window);
  const [rating, genres] = columns;
  return {
    rows,
    rating:
      rating?.kind === "numbers" && [...rating.sample.values].map((v, n) => [v, rating.sample.counts[n]]),
    genres: genres?.kind === "labels" && {
      ...Object.fromEntries(genres.sample.counts),
      missing: genres.sample.missing,
    },
  };
}

it("counts a snapshot, its latest ratings, and those since an instant", async () => {
  const { counts, snapshot } = await openFilms();
  const all = {
    rows: 4,
    rating: [
      [3, 1],
      [4, 1],
      [4.5, 1],
      [5, 1],
    ],
    genres: { "Action|Crime": 2, Horror: 1, missing: 1 },
  };
  expect(await valuesOf(counts, { snapshot })).toEqual(all);
  expect(await valuesOf(counts, {})).toEqual(all);
  expect(await valuesOf(counts, { last: 1 })).toEqual({
    rows: 1,
    rating: [[4.5, 1]],
    genres: false,
  });
  expect(await valuesOf(counts, { since: new Date(200_000), last: 2 })).toMatchObject({
    rows: 2,
    rating: [
      [4.5, 1],
      [5, 1],
    ],
  });
  expect(await counts.columns({ since: new Date("2030-01-01") })).toMatchObject({ rows: 0 });
  expect(await counts.figures()).toEqual({ avg_rating: 4.125, num_users: 2, num_movies: 3, num_ratings: 4 });
});

it("counts what came in since the import, once and instead of what it replaces, and nothing synthetic", async () => {
  const { tamis, snapshot, counts } = await openFilms();
  const row = { user_id: "1", item_id: "3", rating: 1, rated_at: 900, source: "api" } as const;
  await tamis.records
    .insertInto("ratings")
    .values([row, { ...row, user_id: "2", item_id: "2", source: "synthetic" }])
    .execute();
  await tamis.records
    .updateTable("ratings")
    .set({ source: "api", rating: 2 })
    .where("user_id", "=", "1")
    .where("item_id", "=", "1")
    .execute();
  expect((await valuesOf(counts, {})).rating).toEqual([
    [1, 1],
    [2, 1],
    [3, 1],
    [4.5, 1],
    [5, 1],
  ]);
  expect((await valuesOf(counts, { last: 1 })).rating).toEqual([[1, 1]]);
  expect((await valuesOf(counts, { snapshot })).rows).toBe(4);
  const windows = { reference: { snapshot }, current: {} };
  expect(await counts.ids("user", windows, 100)).toEqual({
    reference: Float64Array.of(2, 2),
    current: Float64Array.of(3, 2),
  });
});

it("counts the users or items of two windows in the same cells, and a part of them when they are many", async () => {
  const tamis = await openTemporary();
  const path = join(await temporaryFolder(), "many.csv");
  const lines = Array.from({ length: 4000 }, (_, n) => `u${n},i${n % 10},${n % 2},${n}`);
  await writeFile(path, lines.join("\n"));
  await importRatings(tamis, path);
  const counts = ratingCounts(tamis);
  const windows = { reference: {}, current: { last: 1000 } };
  const items = await counts.ids("item", windows, 100);
  expect(items.reference).toEqual(new Float64Array(10).fill(400));
  expect(items.current).toEqual(new Float64Array(10).fill(100));
  const users = await counts.ids("user", windows, 1000);
  expect(users.reference.length).toBeGreaterThan(800);
  expect(users.reference.length).toBeLessThan(1200);
  const share = users.current.reduce((sum, n) => sum + n, 0) / users.reference.length;
  expect(share).toBeGreaterThan(0.2);
  expect(share).toBeLessThan(0.3);
});

it("rounds ratings of too many values up to a grid of a power of two", async () => {
  const tamis = await openTemporary();
  const path = join(await temporaryFolder(), "fine.csv");
  const lines = Array.from({ length: 30_000 }, (_, n) => `u${n},i${n % 10},${n / 3000},${n}`);
  await writeFile(path, lines.join("\n"));
  await importRatings(tamis, path);
  const { columns } = await ratingCounts(tamis).columns({});
  const sample = columns[0]!.kind === "numbers" ? columns[0]!.sample : undefined;
  expect(sample?.size).toBe(30_000);
  expect(sample?.values.length).toBeLessThanOrEqual(10_001);
  const step = 2 ** -9;
  expect([...sample!.values].every((value) => Number.isInteger(value / step))).toBe(true);
});

it("gives the scores of the latest lists, before or after an instant", async () => {
  const { tamis, counts } = await openFilms();
  const list = { user_id: "1", method: "svd", model_version: 1, requested: 5, items: "[]" };
  await tamis.records
    .insertInto("recommendations")
    .values(
      [3, 4, 5].map((score) => ({ ...list, id: `${score}`, at: new Date(score * 1000), mean_score: score })),
    )
    .execute();
  expect((await counts.scores({ upTo: new Date(4000), last: 10 })).values).toEqual(Float64Array.of(3, 4));
  expect((await counts.scores({ after: new Date(4000), last: 10 })).values).toEqual(Float64Array.of(5));
  expect((await counts.scores({ last: 2 })).values).toEqual(Float64Array.of(4, 5));
});

it("names what is not there", async () => {
  const empty = ratingCounts(await openTemporary());
  await expect(empty.columns({})).rejects.toMatchObject({ code: "not_found" });
  const snapshot = "0".repeat(64);
  await expect(empty.columns({ snapshot })).rejects.toThrow(snapshot);
});
