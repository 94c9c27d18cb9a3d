import { join } from "node:path";
import type { WarehouseChunk } from "@tamis/core";
import Sqlite from "better-sqlite3";
import { expect, it } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { stageRatings } from "./stage-ratings.ts";

type Row = readonly [user: number | string, item: number | string, rating: number, ratedAt: number];

/** Rows as DuckDB hands them out, so many at a time. */
async function* chunksOf(rows: readonly Row[], size = 3): AsyncGenerator<WarehouseChunk> {
  for (let start = 0; start < rows.length; start += size) {
    const some = rows.slice(start, start + size);
    const ids = (column: 0 | 1) => some.map((row) => row[column]) as string[];
    const numbers = (column: 2 | 3) => Float64Array.from(some, (row) => row[column]);
    yield { rows: some.length, columns: [ids(0), ids(1), numbers(2), numbers(3)], isNull: () => false };
  }
}

async function staged(rows: readonly Row[]) {
  const path = join(await temporaryFolder(), "ratings.db");
  const items = [...new Set(rows.map(([, item]) => item))];
  return await stageRatings(path, { chunks: chunksOf(rows), items });
}

/** What an import would load. */
function load({ path, runs }: Awaited<ReturnType<typeof staged>>): unknown[][] {
  const database = new Sqlite(path, { readonly: true });
  const select = database.prepare(`select user_id, item_id, rating, rated_at
    from runs cross join ratings on ratings.rowid between runs.first and runs.last
    where runs.rowid between ? and ?`);
  const rows = runs.flatMap(([first, last]) => select.raw().all(first, last) as unknown[][]);
  database.close();
  return rows;
}

const missing = Number.NaN;

it("hands ratings out in the order of the key, as text, with numbers and times as they were", async () => {
  const rows: Row[] = [
    [2, 9, 3.5, 1e9],
    [2, 10, 2 ** -30, missing],
    [2, 100, 5, 2 ** 33],
    [10, 9, -4, 0],
    [1, 100, 0.1, 7],
  ];
  const file = await staged(rows);
  expect(load(file)).toEqual([
    ["1", "100", 0.1, 7],
    ["10", "9", -4, 0],
    ["2", "10", 2 ** -30, null],
    ["2", "100", 5, 2 ** 33],
    ["2", "9", 3.5, 1e9],
  ]);
  expect(file.totals.users.get("2")).toEqual({ ratings: 3, sum: 8.5 + 2 ** -30 });
  expect(file.totals.items.get("100")).toEqual({ ratings: 2, sum: 5.1 });
  expect(file.runs).toEqual([[1, 3, 5]]);
});

it("keeps ids that are texts, the longest too", async () => {
  const long = "ü".repeat(256);
  const rows: Row[] = [
    ["é", "007", 1, missing],
    ["é", long, 2, missing],
    [long, "7", 3, missing],
  ];
  expect(load(await staged(rows)).map((row) => row.slice(0, 3))).toEqual(rows.map((row) => row.slice(0, 3)));
});

it("cuts the ratings of a user who has very many", async () => {
  const rows = Array.from({ length: 40_000 }, (_, item): Row => [1, item, item % 5, item]);
  const file = await staged([...rows, [2, 1, 1, 1]]);
  expect(file.runs.map(([, , ratings]) => ratings)).toEqual([16_384, 16_384, 7233]);
  const loaded = load(file);
  expect(new Set(loaded.map(([, item]) => item)).size).toBe(40_000);
  expect(loaded.at(-1)).toEqual(["2", "1", 1, 1]);
});

it("is an empty file of nothing", async () => {
  const file = await staged([]);
  expect(load(file)).toEqual([]);
  expect(file.totals.users.size).toBe(0);
});

it("stops when cancelled", async () => {
  const path = join(await temporaryFolder(), "ratings.db");
  const loading = stageRatings(path, { chunks: chunksOf([[1, 1, 1, 1]]), items: [1] }, AbortSignal.abort());
  await expect(loading).rejects.toMatchObject({ code: "aborted" });
});
