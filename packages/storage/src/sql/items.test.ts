import type { Item } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { ratingBatch } from "../testing/rating-batch.ts";
import { onEveryEngine } from "../testing/temporary-records.ts";
import { allItems, findItem, findItems, listItems, removeUnratedItems, upsertItems } from "./items.ts";
import { replaceImportedRatings } from "./replace-ratings.ts";

const amelie: Item = {
  itemId: 4973,
  title: "Amélie (Le Fabuleux destin)",
  year: 2001,
  genres: ["Romance", "Comedy"],
};
const heat: Item = { itemId: 6, title: "Heat (1995)", year: 1995, genres: ["Crime", "Action"] };
const percent: Item = { itemId: "x_1", title: "100% Wolf_ \\ 'quoted' \"twice\" 🎬", year: null, genres: [] };

onEveryEngine((temporaryRecords) => {
  async function threeItems() {
    const records = await temporaryRecords();
    await upsertItems(records, [amelie, heat, percent]);
    return records;
  }

  describe("items", () => {
    it("come back as they were given, genres in their order", async () => {
      const records = await threeItems();
      expect(await findItem(records, 4973)).toEqual(amelie);
      expect(await findItem(records, "4973")).toEqual(amelie);
      expect(await findItem(records, 5)).toBeUndefined();
      expect(await findItems(records, [6, "x_1", 99])).toEqual(
        new Map<unknown, Item>([
          [6, heat],
          ["x_1", percent],
        ]),
      );
      expect(await allItems(records)).toEqual([amelie, heat, percent]);
    });

    it("take a new title, year and genres, and keep their ratings", async () => {
      const records = await threeItems();
      await replaceImportedRatings(records, [
        ratingBatch([{ userId: 1, itemId: 6, rating: 4, ratedAt: null }]),
      ]);
      await upsertItems(records, [{ ...heat, title: "Heat", genres: ["Crime"] }]);
      const { items } = await listItems(records, { search: "heat" });
      expect(items).toEqual([{ ...heat, title: "Heat", genres: ["Crime"], ratings: 1, average: 4 }]);
    });

    it.each([
      ["amelie", [4973]],
      ["AMÉLIE", [4973]],
      ["100%", ["x_1"]],
      ["wolf_", ["x_1"]],
      ["%", ["x_1"]],
      ["_", ["x_1"]],
      ["\\", ["x_1"]],
      ["'quoted' \"", ["x_1"]],
      ["🎬", ["x_1"]],
      ["nothing like it", []],
      ["  ", [4973, 6, "x_1"]],
    ])("are found by the words %j", async (search, expected) => {
      const { items } = await listItems(await threeItems(), { search });
      expect(items.map(({ itemId }) => itemId)).toEqual(expected);
    });

    it("are found by genre", async () => {
      const records = await threeItems();
      expect((await listItems(records, { genre: "Crime" })).items.map(({ itemId }) => itemId)).toEqual([6]);
      expect((await listItems(records, { genre: "crime" })).items).toEqual([]);
    });

    it("are listed most rated first, page after page, each once", async () => {
      const records = await temporaryRecords();
      const items = Array.from({ length: 45 }, (_, itemId) => ({ ...heat, itemId }));
      await upsertItems(records, items);
      const ratings = items.flatMap(({ itemId }) =>
        Array.from({ length: itemId % 4 }, (_, userId) => ({ userId, itemId, rating: 3, ratedAt: null })),
      );
      await replaceImportedRatings(records, [ratingBatch(ratings)]);
      const listed: { ratings: number; itemId: unknown }[] = [];
      let after: string | undefined;
      do {
        const page = await listItems(records, { limit: 10, after });
        listed.push(...page.items);
        after = page.next ?? undefined;
      } while (after !== undefined);
      expect(new Set(listed.map(({ itemId }) => itemId)).size).toBe(45);
      expect(listed.map((item) => item.ratings)).toEqual(
        listed.map((item) => item.ratings).sort((a, b) => b - a),
      );
    });

    it("refuse a place that no page gave", async () => {
      const records = await temporaryRecords();
      for (const after of ["", "nonsense", "WzEsMl0", "é"]) {
        await expect(listItems(records, { after })).rejects.toMatchObject({ code: "invalid_input" });
      }
    });

    it("leave with their data set unless they are rated or named", async () => {
      const records = await threeItems();
      await replaceImportedRatings(records, [
        ratingBatch([{ userId: 1, itemId: 6, rating: 4, ratedAt: null }]),
      ]);
      expect(await removeUnratedItems(records, new Set(["x_1"]))).toBe(1);
      expect(await allItems(records)).toEqual([heat, percent]);
    });
  });
});
