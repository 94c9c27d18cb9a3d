import { writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Progress } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { ratingsOfUser } from "../sql/ratings.ts";
import { listRejects } from "../sql/rejects.ts";
import { openTemporary } from "../testing/open-temporary.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { type ImportRatingsOptions, importRatings } from "./import-ratings.ts";
import { readSnapshot } from "./snapshot.ts";

async function write(text: string | Buffer, name = "ratings.csv"): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, text);
  return path;
}

async function load(text: string | Buffer, options: ImportRatingsOptions = {}, name?: string) {
  const tamis = await openTemporary();
  const result = await importRatings(tamis, await write(text, name), options);
  const { table } = await readSnapshot(tamis, "current");
  const rows = Array.from({ length: table.length }, (_, row) => [
    table.users.ids[table.users.codes[row]!],
    table.items.ids[table.items.codes[row]!],
    table.ratings[row],
  ]);
  const { rejects } = await listRejects(tamis.records);
  return { tamis, result, rows, table, rejects };
}

describe("importRatings", () => {
  it("takes the scale from the data, never 1..5 for granted", async () => {
    const { result } = await load("u,i,-9.95\nu,j,9.93\n");
    expect(result).toMatchObject({ rows: 2, scale: { min: -9.95, max: 9.93 } });
    expect((await load("0,0,1\n1,0,100\n")).result.scale).toEqual({ min: 1, max: 100 });
    expect((await load("1 ,2,3\n2,2,3\n")).result.scale).toEqual({ min: 3, max: 4 });
  });

  it("refuses what is outside the scale it is given, and keeps every refused row", async () => {
    const { result, rejects } = await load("1,2,3\n1,3,6\n1,4,abc\n1,5\n", { scale: { min: 1, max: 5 } });
    expect(result).toMatchObject({
      rows: 1,
      rejected: 3,
      rejectedByReason: { rating_out_of_scale: 1, rating_not_a_number: 1, wrong_column_count: 1 },
    });
    expect(rejects.map(({ line, reason, raw, importId }) => [line, reason, raw, importId])).toEqual([
      [2, "rating_out_of_scale", "1,3,6", result.importId],
      [3, "rating_not_a_number", "1,4,abc", result.importId],
      [4, "wrong_column_count", "1,5", result.importId],
    ]);
  });

  it("keeps the latest of a repeated pair at its place, the last without times, the first of copies", async () => {
    const timed = await load("1,2,3,100\n1,3,4,100\n1,2,5,300\n9,9,1,1\n1,2,4,200\n1,3,2,100\n");
    expect(timed.rows).toEqual([
      [1, 2, 5],
      [9, 9, 1],
      [1, 3, 2],
    ]);
    expect(timed.rejects.map(({ line, reason, detail }) => [line, reason, detail])).toEqual([
      [1, "duplicate_pair", "user 1 rated item 2 also on line 3, which is kept"],
      [2, "duplicate_pair", "user 1 rated item 3 also on line 6, which is kept"],
      [5, "duplicate_pair", "user 1 rated item 2 also on line 3, which is kept"],
    ]);
    const untimed = await load("a,b,1\na,c,2\na,b,3\n");
    expect(untimed.rows).toEqual([
      ["a", "c", 2],
      ["a", "b", 3],
    ]);
    const copied = await load("1,2,3,100\n9,9,1,1\n1,2,3,100\n");
    expect(copied.rows).toEqual([
      [1, 2, 3],
      [9, 9, 1],
    ]);
    expect(copied.rejects.map(({ line, detail }) => [line, detail])).toEqual([
      [3, "user 1 rated item 2 also on line 1, which is kept"],
    ]);
  });

  it("reads NUL bytes, broken letters, a stray quote and a missing end line by line", async () => {
    const bytes = Buffer.from('1,2,3\n1,\0,3\n1,"4,3\n1,Z,3\n1,6,4');
    bytes[bytes.indexOf("Z")] = 0xff;
    const { rows, rejects } = await load(bytes);
    expect(rows).toEqual([
      [1, 2, 3],
      [1, 6, 4],
    ]);
    expect(rejects.map(({ line, reason }) => [line, reason])).toEqual([
      [2, "nul_byte"],
      [3, "unclosed_quote"],
      [4, "invalid_encoding"],
    ]);
  });

  it("reads the same ratings from every format, gzip too", async () => {
    const text = "user;item;rating;time\nu1;7;4.5;100\nu2;8;1;\n";
    const json = [
      { userId: "u1", itemId: 7, rating: 4.5, timestamp: 100 },
      { userId: "u2", itemId: 8, rating: 1 },
    ];
    const lines = json.map((object) => JSON.stringify(object)).join("\n");
    const digests = new Set<string>();
    for (const [name, content] of [
      ["r.csv", text],
      ["r.csv.gz", gzipSync(text)],
      ["r.json", JSON.stringify(json, null, 4)],
      ["r.jsonl", lines],
      ["r.ndjson.gz", gzipSync(lines)],
    ] as const) {
      const { result, tamis } = await load(content, {}, name);
      expect(result).toMatchObject({ rows: 2, rejected: 0 });
      digests.add(result.snapshot);
      expect(await ratingsOfUser(tamis.records, "u1")).toEqual([
        { userId: "u1", itemId: 7, rating: 4.5, ratedAt: 100 },
      ]);
    }
    expect(digests.size).toBe(1);
  });

  it("reads Parquet", async () => {
    const tamis = await openTemporary();
    const path = join(await temporaryFolder(), "r.parquet");
    await tamis.warehouse.query(`COPY (SELECT * FROM (VALUES ('u1', 7, 4.5::DECIMAL(3,1), TIMESTAMP '2017-08-18 00:00:00'),
      ('u1', 8, NULL, NULL)) t(user_id, product_id, stars, date)) TO '${path}' (FORMAT parquet)`);
    expect(await importRatings(tamis, path)).toMatchObject({ rows: 1, rejected: 1 });
    expect(await ratingsOfUser(tamis.records, "u1")).toEqual([
      { userId: "u1", itemId: 7, rating: 4.5, ratedAt: 1503014400 },
    ]);
  });

  it("refuses a file nothing can be made of, and writes nothing", async () => {
    const tamis = await openTemporary();
    const cases: [string | Buffer, string, ImportRatingsOptions, RegExp][] = [
      ["", "empty.csv", {}, /empty\.csv is empty/],
      ["user,item,rating\n", "header.csv", {}, /no rating/],
      ["1::2::3\n", "wrong.dat", { separator: "," }, /"::" would fit/],
      ["1,2,3\n1,3,4\n", "scale.csv", { scale: { min: 10, max: 20 } }, /2 rating_out_of_scale.*line 1/],
      [gzipSync("1,2,3\n".repeat(1e5)).subarray(0, 200), "cut.csv.gz", {}, /truncated gzip/],
      ["no parquet", "r.parquet", {}, /cannot be read as Parquet/],
    ];
    for (const [content, name, options, message] of cases) {
      const importing = importRatings(tamis, await write(content, name), options);
      await expect(importing, name).rejects.toMatchObject({
        code: "data_load",
        message: expect.stringMatching(message),
      });
    }
    await expect(importRatings(tamis, "/no/such/file.csv")).rejects.toMatchObject({ code: "not_found" });
    await expect(importRatings(tamis, await temporaryFolder())).rejects.toMatchObject({ code: "data_load" });
    const keys: string[] = [];
    for await (const { key } of tamis.objects.list("")) keys.push(key);
    expect(keys).toEqual([]);
    await expect(readSnapshot(tamis, "current")).rejects.toThrow("tamis import");
  });

  it("finds the same bytes unchanged, also when others made the same snapshot", async () => {
    const { tamis, result } = await load("1,2,3\n1,3,4\n");
    const again = async (text: string) => {
      const phases = new Set<string>();
      const onProgress = ({ phase }: Progress) => phases.add(phase);
      return { ...(await importRatings(tamis, await write(text), { onProgress })), phases: [...phases] };
    };
    const same = { unchanged: true, importId: result.importId, phases: ["landing"] };
    expect(await again("1,2,3\n1,3,4\n")).toMatchObject(same);
    const other = await again("1,2,3\n1,3,5\n");
    expect(other).toMatchObject({ unchanged: false });
    expect(other.snapshot).not.toBe(result.snapshot);
    expect(await again("1,2,3\n1,3,4\n")).toMatchObject({ unchanged: false, snapshot: result.snapshot });
    // The same rows in other bytes: the same snapshot, of which both are known.
    expect(await again("1,2,3.0\n1,3,4\n")).toMatchObject({ unchanged: false, snapshot: result.snapshot });
    for (const text of ["1,2,3\n1,3,4\n", "1,2,3.0\n1,3,4\n"]) {
      expect(await again(text)).toMatchObject({ unchanged: true });
    }
  });

  it.each([1000, 600_000])("refuses a file of %d rows that changes while it is copied", async (rows) => {
    const text = Array.from({ length: rows }, (_, row) => `${row},${row % 9},${row % 5},1234567890\n`).join(
      "",
    );
    const file = await write(text);
    const tamis = await openTemporary();
    const changing = importRatings(tamis, file, {
      onProgress({ phase, done, total }) {
        if (phase === "landing" && done === total)
          writeFileSync(file, text.replace("1234567890", "1234567891"));
      },
    });
    await expect(changing).rejects.toMatchObject({
      code: "data_load",
      message: "ratings.csv changed while it was read. Import it again.",
    });
    for await (const { key } of tamis.objects.list("")) expect.unreachable(key);
    expect(await importRatings(tamis, file)).toMatchObject({ rows });
  });

  it("adds to the data set: the newer file wins, the scale grows, the parent is named", async () => {
    const { tamis, result } = await load("1,2,3,500\n1,3,4,500\n");
    const file = await write("1,2,5,100\nx,2,9,100\n", "more.csv");
    const added = await importRatings(tamis, file, { append: true });
    expect(added).toMatchObject({ rows: 2, rejected: 0, users: 2, items: 2, scale: { min: 3, max: 9 } });
    const { manifest, table } = await readSnapshot(tamis, "current");
    expect(manifest.parent).toBe(result.snapshot);
    expect([...table.ratings]).toEqual([4, 5, 9]);
    expect(table.users.ids).toEqual([1, "x"]);
    expect(await importRatings(tamis, file, { append: true })).toMatchObject({
      unchanged: true,
      snapshot: added.snapshot,
    });
  });
});
