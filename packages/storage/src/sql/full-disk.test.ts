import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ratingBatch } from "../testing/rating-batch.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { mountTinyDisk } from "../testing/tiny-disk.ts";
import { migrate } from "./migrate.ts";
import { countStats, ratingsOfUser } from "./ratings.ts";
import { replaceImportedRatings } from "./replace-ratings.ts";
import { sqliteRecords } from "./sqlite.ts";

describe("records on a full disk", () => {
  it("say no_space, keep the former ratings and go on working", async ({ skip }) => {
    const folder = await temporaryFolder();
    const reason = mountTinyDisk(folder, 8);
    if (reason !== undefined) return skip(reason);
    const records = await sqliteRecords({ path: join(folder, "tamis.db") });
    try {
      await migrate(records);
      const former = [{ userId: 1, itemId: 1, rating: 4, ratedAt: 5 }];
      await replaceImportedRatings(records, [ratingBatch(former)]);
      const tooMany = Array.from({ length: 400_000 }, (_, i) => ({
        userId: `a user with a long name ${i}`,
        itemId: i,
        rating: 3,
        ratedAt: null,
      }));
      await expect(replaceImportedRatings(records, [ratingBatch(tooMany)])).rejects.toMatchObject({
        code: "no_space",
        message: expect.stringMatching(/disk of .*tamis\.db is full; free some space/),
      });
      expect(await ratingsOfUser(records, 1)).toEqual(former);
      await replaceImportedRatings(records, [ratingBatch([{ ...former[0]!, rating: 2 }])]);
      expect((await countStats(records)).averageRating).toBe(2);
    } finally {
      await records.destroy();
    }
  });
});
