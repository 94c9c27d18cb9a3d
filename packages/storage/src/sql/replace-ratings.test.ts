import { createRandom, type Progress, type Rating } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { ratingBatch } from "../testing/rating-batch.ts";
import { onEveryEngine } from "../testing/temporary-records.ts";
import { listItems, upsertItems } from "./items.ts";
import type { RatingBatch } from "./rating-batch.ts";
import { countStats, ratingsOfUser } from "./ratings.ts";
import { replaceImportedRatings } from "./replace-ratings.ts";
import type { RatingSource, Records } from "./schema.ts";
import { listUsers } from "./users.ts";

const rated = (userId: number, itemId: number, rating: number): Rating => ({
  userId,
  itemId,
  rating,
  ratedAt: null,
});

async function add(records: Records, source: RatingSource, { userId, itemId, rating }: Rating) {
  const row = { user_id: String(userId), item_id: String(itemId), rating, rated_at: null, source };
  await records.insertInto("ratings").values(row).execute();
}

onEveryEngine((temporaryRecords) => {
  describe("replaceImportedRatings", () => {
    it("makes the given ratings the imported ones, whatever was imported before", async () => {
      const records = await temporaryRecords();
      await replaceImportedRatings(records, [ratingBatch([rated(1, 1, 5), rated(2, 1, 4)])]);
      const result = await replaceImportedRatings(records, [
        ratingBatch([rated(2, 1, 3)]),
        ratingBatch([rated(3, 9, 1)]),
      ]);
      expect(result).toEqual({ rows: 2 });
      expect(await countStats(records)).toEqual({ users: 2, items: 2, ratings: 2, averageRating: 2 });
      expect(await ratingsOfUser(records, 1)).toEqual([]);
      expect(await ratingsOfUser(records, 2)).toEqual([rated(2, 1, 3)]);
    });

    it("leaves the ratings of the API and synthetic ones as they are, also where the import has the pair", async () => {
      const records = await temporaryRecords();
      await add(records, "api", rated(1, 1, 5));
      await add(records, "api", rated(7, 8, 2));
      await add(records, "synthetic", rated(1, 2, 3));
      await add(records, "synthetic", rated(9, 9, 3));
      await replaceImportedRatings(records, [ratingBatch([rated(1, 1, 1), rated(1, 2, 1), rated(2, 1, 4)])]);
      const rows = await records
        .selectFrom("ratings")
        .select(["user_id", "item_id", "rating", "source"])
        .execute();
      expect(rows.map((row) => Object.values(row).join(" ")).sort()).toEqual([
        "1 1 5 api",
        "1 2 3 synthetic",
        "2 1 4 import",
        "7 8 2 api",
        "9 9 3 synthetic",
      ]);
      expect(await countStats(records)).toEqual({ users: 3, items: 2, ratings: 3, averageRating: 11 / 3 });
    });

    it("keeps totals that equal a count by hand", async () => {
      const records = await temporaryRecords();
      const random = createRandom(7);
      const pairs = new Map<string, Rating>();
      for (let i = 0; i < 20_000; i++) {
        const rating = rated(random.integer(300), random.integer(200), 1 + random.integer(5));
        pairs.set(`${rating.userId} ${rating.itemId}`, rating);
      }
      const ratings = [...pairs.values()];
      await replaceImportedRatings(records, [
        ratingBatch(ratings.slice(0, 7777)),
        ratingBatch(ratings.slice(7777)),
      ]);
      const { users } = await listUsers(records, { limit: 1000 });
      const { items } = await listItems(records, { limit: 1000 });
      expect(users.map(({ userId, ratings, average }) => [userId, ratings, average]).sort()).toEqual(
        byHand(ratings, "userId"),
      );
      expect(items.map(({ itemId, ratings, average }) => [itemId, ratings, average]).sort()).toEqual(
        byHand(ratings, "itemId"),
      );
    });

    it("titles an item that has none by its id, and keeps the title of one that has", async () => {
      const records = await temporaryRecords();
      await upsertItems(records, [{ itemId: 1, title: "Heat (1995)", year: 1995, genres: ["Crime"] }]);
      await replaceImportedRatings(records, [ratingBatch([rated(1, 1, 5), rated(1, 2, 5)])]);
      const { items } = await listItems(records);
      expect(items.map(({ title, year }) => [title, year])).toEqual([
        ["Heat (1995)", 1995],
        ["2", null],
      ]);
    });

    it("refuses a pair that comes twice and keeps the former state", async () => {
      const records = await temporaryRecords();
      await replaceImportedRatings(records, [ratingBatch([rated(1, 1, 5)])]);
      const twice = replaceImportedRatings(records, [ratingBatch([rated(2, 2, 5), rated(2, 2, 4)])]);
      await expect(twice).rejects.toMatchObject({ code: "conflict" });
      expect(await ratingsOfUser(records, 1)).toHaveLength(1);
    });

    it("stops when cancelled and keeps the former state", async () => {
      const records = await temporaryRecords();
      await replaceImportedRatings(records, [ratingBatch([rated(1, 1, 5)])]);
      const cancel = new AbortController();
      const load = replaceImportedRatings(records, endless(), {
        signal: cancel.signal,
        onProgress: ({ done }) => done >= 20_000 && cancel.abort(),
      });
      await expect(load).rejects.toMatchObject({ code: "aborted" });
      expect(await countStats(records)).toMatchObject({ ratings: 1 });
    });

    it("keeps the former state when the source fails", async () => {
      const records = await temporaryRecords();
      await replaceImportedRatings(records, [ratingBatch([rated(1, 1, 5)])]);
      const failing = (async function* () {
        yield ratingBatch([rated(2, 2, 2)]);
        throw new RangeError("the source broke");
      })();
      await expect(replaceImportedRatings(records, failing)).rejects.toThrow("the source broke");
      expect(await countStats(records)).toMatchObject({ ratings: 1, averageRating: 5 });
    });

    it("lets the event loop turn and readers read while it loads, and reports its progress", async () => {
      const records = await temporaryRecords();
      const progress: Progress[] = [];
      let turns = 0;
      const timer = setInterval(() => turns++, 1);
      let seen = -1;
      const batches = (async function* () {
        for (let user = 0; user < 10; user++) {
          yield ratingBatch(Array.from({ length: 10_000 }, (_, item) => rated(user, item, 3)));
          seen = Math.max(seen, (await countStats(records)).ratings);
        }
      })();
      await replaceImportedRatings(records, batches, {
        total: 100_000,
        onProgress: (step) => progress.push(step),
      });
      clearInterval(timer);
      expect(turns).toBeGreaterThan(10);
      expect(seen).toBe(0);
      expect(progress).toHaveLength(10);
      expect(progress.at(-1)).toEqual({ phase: "records", done: 100_000, total: 100_000, unit: "rows" });
    });

    it("makes an empty data set of nothing", async () => {
      const records = await temporaryRecords();
      await replaceImportedRatings(records, [ratingBatch([rated(1, 1, 5)])]);
      expect(await replaceImportedRatings(records, [])).toEqual({ rows: 0 });
      expect(await countStats(records)).toEqual({ users: 0, items: 0, ratings: 0, averageRating: null });
    });
  });
});

function byHand(ratings: readonly Rating[], role: "userId" | "itemId") {
  const sums = new Map<unknown, [number, number]>();
  for (const row of ratings) {
    const [count, sum] = sums.get(row[role]) ?? [0, 0];
    sums.set(row[role], [count + 1, sum + row.rating]);
  }
  return [...sums].map(([id, [count, sum]]) => [id, count, sum / count]).sort();
}

async function* endless(): AsyncGenerator<RatingBatch> {
  for (let user = 0; ; user++) {
    yield ratingBatch(Array.from({ length: 5000 }, (_, item) => rated(user, item, 3)));
  }
}
