import type { Rating } from "@tamis/core";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listItems, upsertItems } from "../sql/items.ts";
import { withLock } from "../sql/lock.ts";
import { migrate } from "../sql/migrate.ts";
import { countStats, ratingsOfUser } from "../sql/ratings.ts";
import { replaceImportedRatings } from "../sql/replace-ratings.ts";
import type { Records } from "../sql/schema.ts";
import { findUser, upsertUsers } from "../sql/users.ts";
import { writeTransaction } from "../sql/write-transaction.ts";
import { ratingBatch } from "./rating-batch.ts";

export interface RecordsContract {
  /** Opens records without a table, and a second connection to the same ones. */
  open(): Promise<{ records: Records; other: Records; close(): Promise<void> }>;
}

const odd = "l’été ' \" \\ % _ 🎬 ‮ -- ; DROP TABLE users";

/** What the records must do on every engine. */
export function recordsContract({ open }: RecordsContract): void {
  describe("records contract", () => {
    let opened: Awaited<ReturnType<typeof open>>;
    let records: Records;
    beforeEach(async () => {
      opened = await open();
      records = opened.records;
      await migrate(records);
    });
    afterEach(() => opened.close());

    it("brings numbers, booleans, texts and instants back as what they were", async () => {
      const attributes = { age: 25, weight: 0.1, active: true, gone: false, name: odd, empty: "" };
      await upsertUsers(records, [{ userId: odd, attributes }]);
      expect(await findUser(records, odd)).toEqual({ userId: odd, attributes });
      const at = new Date("2026-11-20T23:59:59.123Z");
      const run = {
        id: "1",
        experiment: "e",
        name: odd,
        status: "running" as const,
        tags: "{}",
        started_at: at,
      };
      await records.insertInto("runs").values(run).execute();
      const row = await records
        .selectFrom("runs")
        .selectAll()
        .where("started_at", "=", at)
        .executeTakeFirst();
      expect(row).toMatchObject({ name: odd, seed: null, snapshot: null });
      expect(new Date(row!.started_at)).toEqual(at);
      const device = { id: "d", identifier: odd, hostname: odd, created_at: at, updated_at: at };
      await records.insertInto("devices").values(device).execute();
      const result = { device_id: "d", results: "{}", global_score: 56.5, created_at: at };
      const results = [true, false].map((complete) => ({
        ...{ ...result, id: `${complete}`, digest: `${complete}`, complete, flagged: !complete },
      }));
      await records.insertInto("benchmarks").values(results).execute();
      const flags = records.selectFrom("benchmarks").select(["complete", "flagged as odd", "global_score"]);
      const expected = { complete: true, odd: false, global_score: 56.5 };
      expect(await flags.where("complete", "=", true).execute()).toEqual([expected]);
      const streamed: object[] = [];
      for await (const flag of flags.orderBy("id").stream()) streamed.push(flag);
      expect(streamed).toEqual([{ ...expected, complete: false, odd: true }, expected]);
      const truth = await sql<{ n: number }>`select count(*) as n from runs where ${true}`.execute(records);
      expect(Number(truth.rows[0]?.n)).toBe(1);
    });

    it("keeps every id: whole numbers, texts, leading zeros, the largest and the longest", async () => {
      const ids = [0, 7, -3, 2 ** 53 - 1, "007", "+7", "A3SGXH7", odd, "é".repeat(256)];
      const ratings = ids.map((id) => ({ userId: id, itemId: id, rating: 3.5, ratedAt: null }));
      await replaceImportedRatings(records, [ratingBatch(ratings)]);
      for (const id of ids) {
        expect(await ratingsOfUser(records, id)).toEqual([
          { userId: id, itemId: id, rating: 3.5, ratedAt: null },
        ]);
      }
    });

    it("keeps ratings to the last bit, and times with their absence", async () => {
      const values = [0.1, -9.96, 1e-300, 1.7976931348623157e308, 5e-324, 100, 0];
      const ratings: Rating[] = values.map((rating, itemId) => ({
        userId: 1,
        itemId,
        rating,
        ratedAt: itemId % 2 ? null : 1_500_000_000 + itemId,
      }));
      await replaceImportedRatings(records, [ratingBatch(ratings)]);
      const back = await ratingsOfUser(records, 1);
      expect([...back].sort((a, b) => Number(a.itemId) - Number(b.itemId))).toEqual(ratings);
      expect(back.map(({ itemId }) => itemId)).toEqual([6, 4, 2, 0, 1, 3, 5]);
    });

    it.each([Number.NaN, Number.POSITIVE_INFINITY])(
      "refuses the rating %d and keeps what was there",
      async (rating) => {
        const good = [{ userId: 1, itemId: 1, rating: 4, ratedAt: null }];
        await replaceImportedRatings(records, [ratingBatch(good)]);
        const bad = replaceImportedRatings(records, [
          ratingBatch([{ userId: 2, itemId: 1, rating, ratedAt: null }]),
        ]);
        await expect(bad).rejects.toMatchObject({ code: "invalid_input" });
        expect(await ratingsOfUser(records, 1)).toEqual(good);
        expect(await ratingsOfUser(records, 2)).toEqual([]);
      },
    );

    it("names the fault of a driver error and keeps its cause", async () => {
      const genre = { name: "Drama" };
      await records.insertInto("genres").values(genre).execute();
      await expect(records.insertInto("genres").values(genre).execute()).rejects.toMatchObject({
        code: "conflict",
        cause: expect.any(Error),
      });
      const orphan = { item_id: "nobody", genre_id: 99, position: 0 };
      await expect(records.insertInto("item_genres").values(orphan).execute()).rejects.toMatchObject({
        code: "invalid_input",
      });
      const nameless = { name: null as unknown as string };
      await expect(records.insertInto("tags").values(nameless).execute()).rejects.toMatchObject({
        code: "invalid_input",
      });
      await expect(sql`select * from nowhere`.execute(records)).rejects.toMatchObject({ code: "database" });
    });

    it("undoes a transaction that throws", async () => {
      const failing = writeTransaction(records, async (transaction) => {
        await upsertItems(transaction, [{ itemId: 1, title: "Heat", year: 1995, genres: ["Crime"] }]);
        throw new RangeError("changed my mind");
      });
      await expect(failing).rejects.toThrow("changed my mind");
      expect((await listItems(records)).items).toEqual([]);
    });

    it("shows a long transaction to nobody before it commits", async () => {
      await writeTransaction(records, async (transaction) => {
        await replaceImportedRatings(transaction, [
          ratingBatch([{ userId: 1, itemId: 1, rating: 4, ratedAt: null }]),
        ]);
        expect((await countStats(transaction)).ratings).toBe(1);
        expect((await countStats(records)).ratings).toBe(0);
        expect((await countStats(opened.other)).ratings).toBe(0);
      });
      expect((await countStats(opened.other)).ratings).toBe(1);
    });

    it("holds a lock against everybody else, and frees it when the work fails", async () => {
      await withLock(records, "import", async () => {
        await expect(withLock(opened.other, "import", async () => {})).rejects.toMatchObject({
          code: "conflict",
        });
        await expect(withLock(records, "import", async () => {})).rejects.toMatchObject({ code: "conflict" });
        expect(await withLock(opened.other, "train", async () => "another lock")).toBe("another lock");
      });
      const failing = withLock(records, "import", async () => {
        throw new RangeError("failed");
      });
      await expect(failing).rejects.toThrow("failed");
      expect(await withLock(opened.other, "import", async () => "free")).toBe("free");
    });

    it("migrates once, however many ask", async () => {
      const results = await Promise.all([migrate(records), migrate(opened.other), migrate(records)]);
      expect(results.map(({ from, to }) => to - from)).toEqual([0, 0, 0]);
    });

    it("closes twice without complaint", async () => {
      await opened.other.destroy();
      await opened.other.destroy();
    });
  });
}
