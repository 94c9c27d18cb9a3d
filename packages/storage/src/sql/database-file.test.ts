import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect, it } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { createDatabaseFile, type DatabaseFile, setVarint, textType, varintLength } from "./database-file.ts";

/** A row of one text of so many letters. */
function addText({ addRow, view }: DatabaseFile, length: number): void {
  const header = 1 + varintLength(textType(length));
  const at = addRow(header + length);
  view.setUint8(at, header);
  const text = setVarint(view, at + 1, textType(length));
  for (let letter = 0; letter < length; letter++) view.setUint8(text + letter, 97 + (letter % 26));
}

async function writeTables(tables: Readonly<Record<string, readonly number[]>>): Promise<Sqlite.Database> {
  const path = join(await temporaryFolder(), "rows.db");
  const file = createDatabaseFile(path);
  for (const [name, lengths] of Object.entries(tables)) {
    file.beginTable(name, `create table ${name} (letters text)`);
    for (const length of lengths) addText(file, length);
  }
  file.finish();
  file.close();
  return new Sqlite(path);
}

it("is sound to SQLite, and has the rows of every table in their order", async () => {
  const few = [3, 0, 700, 32_000, 1];
  const many = Array.from({ length: 100_000 }, (_, row) => (row * 7919) % 200);
  const database = await writeTables({ none: [], few, many });
  expect(database.pragma("integrity_check")).toEqual([{ integrity_check: "ok" }]);
  for (const [name, lengths] of Object.entries({ none: [], few, many })) {
    const rows = database.prepare(`select rowid, length(letters) from ${name} order by rowid`).raw().all();
    expect(rows).toEqual(lengths.map((length, row) => [row + 1, length]));
  }
  expect(database.prepare("select letters from few limit 1").pluck().get()).toBe("abc");
  database.close();
});

it("has as many levels of pages as it takes", async () => {
  const lengths = Array.from({ length: 2500 }, () => 20_000); // a page each, more than one interior page can name
  const database = await writeTables({ long: lengths });
  expect(database.pragma("integrity_check")).toEqual([{ integrity_check: "ok" }]);
  const found = database
    .prepare("select count(*), sum(length(letters)) from long where rowid > 1")
    .raw()
    .get();
  expect(found).toEqual([2499, 2499 * 20_000]);
  database.close();
});

it.each([0, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 40])("writes %d in SQLite's variable length", (value) => {
  const view = new DataView(new ArrayBuffer(9));
  const end = setVarint(view, 0, value);
  expect(end).toBe(varintLength(value));
  let read = 0;
  for (let at = 0; at < end; at++) read = read * 128 + (view.getUint8(at) & 127);
  expect(read).toBe(value);
  expect(Array.from({ length: end }, (_, at) => view.getUint8(at) >= 128)).toEqual(
    Array.from({ length: end }, (_, at) => at < end - 1),
  );
});
