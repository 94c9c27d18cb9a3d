import { chmod, cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { allItems, findItem } from "../sql/items.ts";
import { countStats } from "../sql/ratings.ts";
import { listRejects } from "../sql/rejects.ts";
import { findUser } from "../sql/users.ts";
import { openTemporary } from "../testing/open-temporary.ts";
import { realData } from "../testing/real-data.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { importMovielens } from "./import-movielens.ts";
import { readSnapshot } from "./snapshot.ts";

interface Expected {
  rows: number;
  users: number;
  items: number;
  listed: number;
  scale: { min: number; max: number };
  mean: number;
  titles: Record<number, string>;
}

const sets: Record<string, Expected> = {
  "ml-latest-small": {
    rows: 100_836,
    users: 610,
    items: 9_724,
    listed: 9_742,
    scale: { min: 0.5, max: 5 },
    mean: 3.501556983616962,
    titles: {
      1: "Toy Story (1995)",
      29: "City of Lost Children, The (Cité des enfants perdus, La) (1995)",
      284: "New York Cop (Nyû Yôku no koppu) (1993)",
    },
  },
  "ml-100k": {
    rows: 100_000,
    users: 943,
    items: 1_682,
    listed: 1_682,
    scale: { min: 1, max: 5 },
    mean: 3.52986,
    titles: {
      543: "Misérables, Les (1995)",
      1104: "C'est arrivé près de chez vous (1992)",
      1233: "Nénette et Boni (1996)",
    },
  },
  "ml-1m": {
    rows: 1_000_209,
    users: 6_040,
    items: 3_706,
    listed: 3_883,
    scale: { min: 1, max: 5 },
    mean: 3.5815645,
    titles: {
      73: "Misérables, Les (1995)",
      649: "Cold Fever (Á köldum klaka) (1994)",
      1117: "Eighth Day, The (Le Huitième jour ) (1996)",
    },
  },
};

describe.each(Object.entries(sets))("importMovielens of %s", (name, expected) => {
  const folder = realData(name);
  it.skipIf(!folder)(
    "takes every row, and every title as it is (skipped without the data set)",
    async () => {
      const tamis = await openTemporary();
      const result = await importMovielens(tamis, folder!);
      const { rows, users, items, scale, mean } = expected;
      expect(result).toMatchObject({ rows, users, items, scale, rejected: 0, unchanged: false });
      expect(await countStats(tamis.records)).toMatchObject({ ratings: rows, users, items });
      const { manifest, table } = await readSnapshot(tamis, "current");
      expect(manifest).toMatchObject({ digest: result.snapshot, rows, users, items, parent: null });
      expect(table.ratings.reduce((sum, rating) => sum + rating, 0) / rows).toBeCloseTo(mean, 6);
      expect(new Set(table.users.ids).size).toBe(users);
      expect((await allItems(tamis.records)).length).toBe(expected.listed);
      for (const [id, title] of Object.entries(expected.titles)) {
        expect((await findItem(tamis.records, Number(id)))?.title).toBe(title);
      }
      expect(await importMovielens(tamis, folder!)).toMatchObject({
        rows,
        snapshot: result.snapshot,
        unchanged: true,
      });
    },
    60_000,
  );
});

const small = realData("ml-100k");

describe("importMovielens", () => {
  it.skipIf(!small)("keeps age, gender and occupation of a user, not the postcode", async () => {
    const tamis = await openTemporary();
    await importMovielens(tamis, join(small!, "u.data"));
    const user = await findUser(tamis.records, 1);
    expect(user?.attributes).toEqual({ age: 24, gender: "M", occupation: "technician" });
    expect((await findItem(tamis.records, 1))?.genres).toEqual(["Animation", "Children's", "Comedy"]);
  });

  it.skipIf(!small)("reads a copy whose films were saved again as UTF-8", async () => {
    const folder = join(await temporaryFolder(), "ml-100k");
    await cp(small!, folder, { recursive: true });
    const latin1 = await readFile(join(folder, "u.item"), "latin1");
    await chmod(join(folder, "u.item"), 0o644);
    await writeFile(join(folder, "u.item"), latin1, "utf8");
    const tamis = await openTemporary();
    await importMovielens(tamis, folder);
    expect((await findItem(tamis.records, 543))?.title).toBe("Misérables, Les (1995)");
  });

  it("reads tags, links and the genome of the later layout, and does without any of them", async () => {
    const folder = await temporaryFolder();
    const files = {
      "ratings.csv": "userId,movieId,rating,timestamp\r\n1,10,0.5,100\r\n2,10,5.0,200\r\n",
      "movies.csv":
        'movieId,title,genres\r\n10,"Léon, ""the"" film (1994)",Action|Drama\r\n11,None,(no genres listed)\r\n',
      "tags.csv": "userId,movieId,tag,timestamp\r\n1,10,dark,300\r\n",
      "links.csv": "movieId,imdbId,tmdbId\r\n10,0110413,\r\n",
      "genome-tags.csv": "tagId,tag\r\n1,007\r\n",
      "genome-scores.csv": "movieId,tagId,relevance\r\n10,1,0.25\r\n",
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const tamis = await openTemporary();
    expect(await importMovielens(tamis, folder)).toMatchObject({ rows: 2, scale: { min: 0.5, max: 5 } });
    expect(await findItem(tamis.records, 10)).toEqual({
      itemId: 10,
      title: 'Léon, "the" film (1994)',
      year: 1994,
      genres: ["Action", "Drama"],
    });
    expect(await findItem(tamis.records, 11)).toMatchObject({ title: "None", genres: [] });
    const { records } = tamis;
    expect(await records.selectFrom("links").selectAll().execute()).toEqual([
      { item_id: "10", imdb_id: "0110413", tmdb_id: null },
    ]);
    expect(await records.selectFrom("item_tags").select(["user_id", "tagged_at"]).execute()).toEqual([
      { user_id: "1", tagged_at: 300 },
    ]);
    expect(await records.selectFrom("genome_scores").selectAll().execute()).toEqual([
      { item_id: "10", tag_id: 1, relevance: 0.25 },
    ]);

    const bare = await temporaryFolder();
    await writeFile(join(bare, "ratings.csv"), files["ratings.csv"]);
    await importMovielens(tamis, bare);
    expect(await findItem(records, 10)).toEqual({ itemId: 10, title: "10", year: null, genres: [] });
    expect(await records.selectFrom("links").selectAll().execute()).toEqual([]);
  });

  it("refuses a row beside the ratings whose id is none, with file, line and reason", async () => {
    const folder = await temporaryFolder();
    const files = {
      "ratings.csv": "userId,movieId,rating,timestamp\n1,10,4,1\n",
      "movies.csv": "movieId,title,genres\n10,Heat,Crime\n,None,Drama\n11,Two\n",
      "tags.csv": "userId,movieId,tag,timestamp\n1,,dark,300\n,10,dark,300\n 1 , 10 ,dark,300\n",
      "links.csv": "movieId,imdbId,tmdbId\n,1,2\n10,0110413,949\n",
      "genome-tags.csv": "tagId,tag\nx,007\n1,noir\n",
      "genome-scores.csv": "movieId,tagId,relevance\n10,1,0.25\n",
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const tamis = await openTemporary();
    expect(await importMovielens(tamis, folder)).toMatchObject({ rows: 1, rejected: 6 });
    const { rejects } = await listRejects(tamis.records);
    expect(rejects.map(({ source, line, reason, raw }) => [source, line, reason, raw]).sort()).toEqual([
      ["genome-tags.csv", 2, "invalid_id", "x,007"],
      ["links.csv", 2, "missing_item", ",1,2"],
      ["movies.csv", 3, "missing_item", ",None,Drama"],
      ["movies.csv", 4, "wrong_column_count", "11,Two"],
      ["tags.csv", 2, "missing_item", "1,,dark,300"],
      ["tags.csv", 3, "missing_user", ",10,dark,300"],
    ]);
    expect(await tamis.records.selectFrom("item_tags").select(["user_id", "item_id"]).execute()).toEqual([
      { user_id: "1", item_id: "10" },
    ]);
  });

  it("takes ids that are texts, against expectation", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "ratings.csv"), "userId,movieId,rating,timestamp\n1,10,4,1\nx7,10,5,2\n");
    const tamis = await openTemporary();
    expect(await importMovielens(tamis, folder)).toMatchObject({ rows: 2, users: 2, rejected: 0 });
    expect((await readSnapshot(tamis, "current")).table.users.ids).toEqual([1, "x7"]);
  });

  it("says what it expects of a folder or file that is none", async () => {
    const tamis = await openTemporary();
    const folder = await temporaryFolder();
    await writeFile(join(folder, "notes.txt"), "1,2,3\n");
    await expect(importMovielens(tamis, folder)).rejects.toMatchObject({
      code: "data_load",
      message: expect.stringContaining("u.data, ratings.dat"),
    });
    await expect(importMovielens(tamis, join(folder, "notes.txt"))).rejects.toThrow("tamis import ratings");
    await expect(importMovielens(tamis, join(folder, "nowhere"))).rejects.toMatchObject({
      code: "not_found",
    });
  });
});
