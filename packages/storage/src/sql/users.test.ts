import { describe, expect, it } from "vitest";
import { ratingBatch } from "../testing/rating-batch.ts";
import { onEveryEngine } from "../testing/temporary-records.ts";
import { replaceImportedRatings } from "./replace-ratings.ts";
import { findUser, listUsers, removeUnratedUsers, upsertUsers } from "./users.ts";

onEveryEngine((temporaryRecords) => {
  describe("users", () => {
    it("take new attributes and keep their ratings", async () => {
      const records = await temporaryRecords();
      await replaceImportedRatings(records, [
        ratingBatch([{ userId: 1, itemId: 6, rating: 4, ratedAt: null }]),
      ]);
      expect(await findUser(records, 1)).toEqual({ userId: 1, attributes: {} });
      await upsertUsers(records, [{ userId: 1, attributes: { age: 25, student: true } }]);
      expect((await listUsers(records)).users).toEqual([
        { userId: 1, attributes: { age: 25, student: true }, ratings: 1, average: 4 },
      ]);
      expect(await findUser(records, 2)).toBeUndefined();
    });

    it("are listed most ratings first, page after page, and by how their id starts", async () => {
      const records = await temporaryRecords();
      const ratings = Array.from({ length: 30 }, (_, userId) =>
        Array.from({ length: 1 + (userId % 3) }, (_, itemId) => ({
          userId,
          itemId,
          rating: 3,
          ratedAt: null,
        })),
      );
      await replaceImportedRatings(records, [ratingBatch(ratings.flat())]);
      const first = await listUsers(records, { limit: 20 });
      const second = await listUsers(records, { limit: 20, after: first.next! });
      expect(second.next).toBeNull();
      const all = [...first.users, ...second.users];
      expect(new Set(all.map(({ userId }) => userId)).size).toBe(30);
      expect(all.map((user) => user.ratings)).toEqual(all.map((user) => user.ratings).sort((a, b) => b - a));
      const found = await listUsers(records, { search: "2" });
      expect(found.users.map(({ userId }) => String(userId)[0])).toEqual(new Array(11).fill("2"));
      expect((await listUsers(records, { search: "%" })).users).toEqual([]);
    });

    it("leave with their data set unless they rated or are named", async () => {
      const records = await temporaryRecords();
      await upsertUsers(
        records,
        ["left", "named"].map((userId) => ({ userId, attributes: {} })),
      );
      await replaceImportedRatings(records, [
        ratingBatch([{ userId: "rated", itemId: 6, rating: 4, ratedAt: null }]),
      ]);
      expect(await removeUnratedUsers(records, new Set(["named"]))).toBe(1);
      expect((await listUsers(records)).users.map(({ userId }) => userId)).toEqual(["rated", "named"]);
    });
  });
});
