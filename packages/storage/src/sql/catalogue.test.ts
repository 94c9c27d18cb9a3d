import { describe, expect, it } from "vitest";
import { onEveryEngine } from "../testing/temporary-records.ts";
import { replaceGenome, replaceItemTags, replaceLinks } from "./catalogue.ts";

onEveryEngine((temporaryRecords) => {
  describe("the catalogue", () => {
    it("holds the tags of the last file, each word once a user and item", async () => {
      const records = await temporaryRecords();
      await replaceItemTags(records, [{ userId: 1, itemId: 1, tag: "gone", taggedAt: 1 }]);
      const tag = (itemId: number, word: string, taggedAt: number) => ({
        userId: "é'",
        itemId,
        tag: word,
        taggedAt,
      });
      const many = Array.from({ length: 2345 }, (_, i) => tag(i, `word ${i % 10}`, i));
      expect(await replaceItemTags(records, [...many, tag(1, "drôle 🎬", 5), tag(1, "drôle 🎬", 9)])).toBe(
        2347,
      );
      const rows = await records
        .selectFrom("item_tags")
        .innerJoin("tags", "tags.id", "item_tags.tag_id")
        .select(["user_id", "name", "tagged_at"])
        .where("item_id", "=", "1")
        .orderBy("name")
        .execute();
      expect(rows).toEqual([
        { user_id: "é'", name: "drôle 🎬", tagged_at: 9 },
        { user_id: "é'", name: "word 1", tagged_at: 1 },
      ]);
      const names = await records.selectFrom("tags").select("name").execute();
      expect(names).toHaveLength(11);
    });

    it("holds the links of the last file, leading zeros included", async () => {
      const records = await temporaryRecords();
      await replaceLinks(records, [{ itemId: 9, imdbId: "1", tmdbId: "1" }]);
      expect(await replaceLinks(records, [{ itemId: 1, imdbId: "0114709", tmdbId: null }])).toBe(1);
      expect(await records.selectFrom("links").selectAll().execute()).toEqual([
        { item_id: "1", imdb_id: "0114709", tmdb_id: null },
      ]);
    });

    it("holds the genome of the last file, from a stream", async () => {
      const records = await temporaryRecords();
      const tags = [
        { tagId: 1, name: "007" },
        { tagId: 2, name: "noir" },
      ];
      const scores = (itemIds: readonly number[], tagId: number, relevance: number) => ({
        length: itemIds.length,
        itemIds: itemIds.map(String),
        tagIds: new Float64Array(itemIds.length).fill(tagId),
        relevances: new Float64Array(itemIds.length).fill(relevance),
      });
      const films = Array.from({ length: 1500 }, (_, item) => item);
      async function* stream() {
        for (const { tagId } of tags) yield scores(films, tagId, 0.125);
      }
      expect(await replaceGenome(records, tags, stream())).toBe(3000);
      expect(await replaceGenome(records, tags.slice(1), [scores([5, 5], 2, 0.25)])).toBe(2);
      expect(await records.selectFrom("genome_scores").selectAll().execute()).toEqual([
        { item_id: "5", tag_id: 2, relevance: 0.25 },
      ]);
      expect(await records.selectFrom("genome_tags").select("name").execute()).toEqual([{ name: "noir" }]);
    });
  });
});
