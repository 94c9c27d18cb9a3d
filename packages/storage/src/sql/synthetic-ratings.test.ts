import { createRandom, type Id } from "@tamis/core";
import { expect, it } from "vitest";
import { ratingBatch } from "../testing/rating-batch.ts";
import { onEveryEngine } from "../testing/temporary-records.ts";
import { randomRatings } from "./random-ratings.ts";
import { countStats } from "./ratings.ts";
import { replaceImportedRatings } from "./replace-ratings.ts";
import type { Records } from "./schema.ts";
import { addSyntheticRatings } from "./synthetic-ratings.ts";

const scale = { min: 0.5, max: 5 };
const at = new Date("2026-11-30T12:00:00.500Z");

/** Every `step`-th pair of so many users and items is rated. */
async function addRatings(records: Records, users: number, items: number, step: number): Promise<void> {
  const ratings = Array.from({ length: users * items }, (_, pair) => pair)
    .filter((pair) => pair % step === 0 || pair < items || pair % items === 0)
    .map((pair) => ({
      userId: `u${Math.floor(pair / items)}`,
      itemId: `i${pair % items}`,
      rating: 3,
      ratedAt: 100,
    }));
  await replaceImportedRatings(records, [ratingBatch(ratings)]);
}

const synthetic = (records: Records) =>
  records.selectFrom("ratings").selectAll().where("source", "=", "synthetic").execute();

onEveryEngine((temporaryRecords) => {
  it("are of pairs without a rating, by halves on the scale, in seconds, and count nowhere", async () => {
    const records = await temporaryRecords();
    await addRatings(records, 100, 200, 7);
    const before = await countStats(records);
    expect(await addSyntheticRatings(records, { count: 5000, scale, random: createRandom(1), at })).toBe(
      5000,
    );
    const made = await synthetic(records);
    expect(made).toHaveLength(5000);
    const values = new Set(made.map(({ rating }) => rating));
    expect([...values].sort((a, b) => a - b)).toEqual([0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5]);
    expect(new Set(made.map(({ rated_at }) => Number(rated_at)))).toEqual(new Set([1796040000]));
    expect(await countStats(records)).toEqual(before);
    const imported = await records
      .selectFrom("ratings")
      .select("rating")
      .where("source", "=", "import")
      .execute();
    expect(imported).toHaveLength(before.ratings);
    expect(new Set(imported.map(({ rating }) => rating))).toEqual(new Set([3]));
  });

  it("are the same for the same seed", async () => {
    const made = async () => {
      const records = await temporaryRecords();
      await addRatings(records, 20, 30, 5);
      await addSyntheticRatings(records, { count: 50, scale, random: createRandom(7), at });
      return synthetic(records);
    };
    expect(await made()).toEqual(await made());
  });

  it("are fewer when no pair is left, down to none", async () => {
    const records = await temporaryRecords();
    await addRatings(records, 30, 40, 2);
    const free = 30 * 40 - (await countStats(records)).ratings;
    const fill = (seed: number) =>
      addSyntheticRatings(records, { count: 10_000, scale, random: createRandom(seed), at });
    expect(await fill(1)).toBe(free);
    expect(await fill(2)).toBe(0);
    const { length } = await records.selectFrom("ratings").select("item_id").execute();
    expect(length).toBe(1200);
  });

  it("need users and items", async () => {
    const records = await temporaryRecords();
    expect(await addSyntheticRatings(records, { count: 5, scale, random: createRandom(1), at })).toBe(0);
  });

  it("are not among random ratings, of which each is equally likely", async () => {
    const records = await temporaryRecords();
    await addRatings(records, 6, 5, 4);
    const { ratings } = await countStats(records);
    await addSyntheticRatings(records, { count: 5, scale, random: createRandom(1), at });
    const random = createRandom(3);
    const pairOf = ({ userId, itemId }: { userId: Id; itemId: Id }) => `${userId} ${itemId}`;
    const all = await randomRatings(records, { count: 1000, random });
    expect(new Set(all.map(pairOf)).size).toBe(ratings);
    expect(all).toHaveLength(ratings);

    const times = new Map<string, number>();
    const draws = 300;
    for (let draw = 0; draw < draws; draw++) {
      for (const rating of await randomRatings(records, { count: 3, random })) {
        times.set(pairOf(rating), (times.get(pairOf(rating)) ?? 0) + 1);
      }
    }
    const expected = (3 * draws) / ratings;
    const chi2 = [...times.values()].reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
    expect(times.size).toBe(ratings);
    expect(chi2).toBeLessThan(ratings - 1 + 4 * Math.sqrt(2 * (ratings - 1)));

    const own = await randomRatings(records, { count: 3, userId: "u0", random });
    expect(own.map(({ userId }) => userId)).toEqual(["u0", "u0", "u0"]);
    expect(await randomRatings(records, { count: 3, userId: "nobody", random })).toEqual([]);
  });
});
