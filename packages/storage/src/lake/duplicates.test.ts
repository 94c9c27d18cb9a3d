import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { listRejects } from "../sql/rejects.ts";
import { openTemporary } from "../testing/open-temporary.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { type ImportRatingsOptions, importRatings } from "./import-ratings.ts";
import { readSnapshot } from "./snapshot.ts";

async function load(text: string, options: ImportRatingsOptions = {}, name = "ratings.csv") {
  const tamis = await openTemporary();
  const path = join(await temporaryFolder(), name);
  await writeFile(path, text);
  const result = await importRatings(tamis, path, options);
  const { table } = await readSnapshot(tamis, "current");
  const rows = Array.from({ length: table.length }, (_, row) => [
    table.users.ids[table.users.codes[row]!],
    table.items.ids[table.items.codes[row]!],
    table.ratings[row],
    table.ratedAt?.[row],
  ]);
  return { tamis, result, rows, rejects: (await listRejects(tamis.records)).rejects };
}

const text = "1,2,3,100\n1,3,4,100\n1,2,5,300\n9,9,1,1\n1,2,4,200\n";

it("keeps the line of a duplicate as it was read, in text and JSON lines", async () => {
  const { rejects } = await load("\uFEFF  1 , 2,3.50\r\n1,3,4\r\n1,2,5.0\r\n");
  expect(rejects.map(({ line, raw }) => [line, raw])).toEqual([[1, "  1 , 2,3.50"]]);
  const lines = '{"user":1,"item":2,"rating":3,"note":"é"}\n\n{"user":1,"item":2,"rating":4}\n';
  const json = await load(lines, {}, "r.jsonl");
  expect(json.rejects.map(({ line, raw }) => [line, raw])).toEqual([
    [1, '{"user":1,"item":2,"rating":3,"note":"é"}'],
  ]);
});

it("finds a pair whose user comes again after others, and one in a former snapshot", async () => {
  const { tamis, rows } = await load("a,b,1\nb,b,2\na,b,3\n");
  expect(rows.map((row) => row.slice(0, 3))).toEqual([
    ["b", "b", 2],
    ["a", "b", 3],
  ]);
  const more = join(await temporaryFolder(), "more.csv");
  await writeFile(more, "b,b,5\n");
  expect(await importRatings(tamis, more, { append: true })).toMatchObject({ rows: 1, rejected: 0 });
  expect([...(await readSnapshot(tamis, "current")).table.ratings]).toEqual([3, 5]);
});

it("takes the mean or the sum of a pair at the place of its latest, and refuses nothing", async () => {
  const mean = await load(text, { duplicates: "mean" });
  expect(mean.result).toMatchObject({ rows: 3, rejected: 0, scale: { min: 1, max: 5 } });
  expect(mean.rows).toEqual([
    [1, 3, 4, 100],
    [1, 2, 4, 300],
    [9, 9, 1, 1],
  ]);
  const sum = await load(text, { duplicates: "sum" });
  expect(sum.result).toMatchObject({ rows: 3, rejected: 0, scale: { min: 1, max: 12 } });
  expect(sum.rows[1]).toEqual([1, 2, 12, 300]);
});

it("refuses the file by the policy error, and names the lines", async () => {
  await expect(load(text, { duplicates: "error" })).rejects.toMatchObject({
    code: "data_load",
    message: expect.stringMatching(/user 1 and item 2 on line 1 and again on line 5.*--duplicates last/),
  });
  expect((await load("1,2,3\n1,3,4\n", { duplicates: "error" })).result).toMatchObject({ rows: 2 });
});

it("is another import by another policy, but not when the default is written out", async () => {
  const { tamis, result } = await load(text);
  const path = join(await temporaryFolder(), "ratings.csv");
  await writeFile(path, text);
  expect(await importRatings(tamis, path, { duplicates: "last" })).toMatchObject({
    unchanged: true,
    snapshot: result.snapshot,
  });
  expect(await importRatings(tamis, path, { duplicates: "mean" })).toMatchObject({ unchanged: false });
});
