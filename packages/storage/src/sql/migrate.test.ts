import { open as openFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TamisError } from "@tamis/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { postgresAbsent, temporaryDatabase } from "../testing/temporary-database.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { findItem, upsertItems } from "./items.ts";
import { migrate, migrations, schemaVersion } from "./migrate.ts";
import type { Migration } from "./migrations/migration.ts";
import { ownTables } from "./own-tables.ts";
import { postgresRecords } from "./postgres.ts";
import { restore } from "./restore.ts";
import type { Records } from "./schema.ts";
import { sqliteRecords } from "./sqlite.ts";

const newest = migrations.length;

const addColour: Migration = {
  version: newest + 1,
  name: "colour",
  up: async ({ schema }) => {
    await schema.alterTable("items").addColumn("colour", "text").execute();
  },
};

type Open = () => Promise<Records>;

async function openSqlite(path?: string) {
  const file = path ?? join(await temporaryFolder(), "tamis.db");
  const records = await sqliteRecords({ path: file });
  onTestFinished(() => records.destroy());
  return { records, file };
}

const onSqlite: Open = async () => (await openSqlite()).records;
const onPostgres: Open = async () => {
  const { url, drop } = await temporaryDatabase("empty");
  const records = await postgresRecords({ url });
  onTestFinished(async () => {
    await records.destroy();
    await drop();
  });
  return records;
};

describe.each([
  ["SQLite", onSqlite, undefined],
  ["PostgreSQL", onPostgres, postgresAbsent()],
])("migrate on %s", (_engine, open, absent) => {
  const it = test.skipIf(absent);

  it(`makes the schema once and remembers when ${absent ?? ""}`, async () => {
    const records = await open();
    const at = new Date("2026-01-02T03:04:05Z");
    expect(await migrate(records, { now: () => at })).toEqual({ from: 0, to: newest, backups: [] });
    expect(await migrate(records)).toEqual({ from: newest, to: newest, backups: [] });
    const applied = await records.selectFrom("schema_version").selectAll().orderBy("version").execute();
    expect(applied).toEqual(
      migrations.map(({ version, name }) => ({ version, name, applied_at: at.toISOString() })),
    );
  });

  it.each(migrations.slice(0, -1))(
    "brings a database of version $version ($name) to the newest",
    async ({ version }) => {
      const records = await open();
      await migrate(records, { steps: migrations.slice(0, version) });
      await upsertItems(records, [{ itemId: 1, title: "Amélie", year: 2001, genres: ["Comedy"] }]);
      expect(await migrate(records)).toMatchObject({ from: version, to: newest });
      expect(await findItem(records, 1)).toMatchObject({ title: "Amélie", genres: ["Comedy"] });
      const fresh = await open();
      await migrate(fresh);
      expect(await columns(records)).toEqual(await columns(fresh));
    },
  );

  it("undoes the whole of a step that fails", async () => {
    const records = await open();
    await migrate(records);
    const broken: Migration = {
      version: newest + 1,
      name: "broken",
      up: async ({ schema }) => {
        await schema.alterTable("items").addColumn("broken", "text").execute();
        throw new TamisError("database", "no");
      },
    };
    const before = await columns(records);
    await expect(migrate(records, { steps: [...migrations, broken] })).rejects.toThrow("no");
    expect(await schemaVersion(records)).toBe(newest);
    expect(await columns(records)).toEqual(before);
  });

  it("refuses a schema newer than it knows, naming both versions", async () => {
    const records = await open();
    await migrate(records, { steps: [...migrations, addColour] });
    await expect(migrate(records)).rejects.toMatchObject({
      code: "unsupported",
      details: { stored: newest + 1, known: newest },
      message: expect.stringMatching(
        new RegExp(`schema version ${newest + 1}.*knows up to ${newest}.*Update Tamis`),
      ),
    });
  });

  it("leaves the database of another program alone", async () => {
    const records = await open();
    await records.schema.createTable("wp_posts").addColumn("id", "integer").execute();
    await expect(migrate(records)).rejects.toMatchObject({
      code: "configuration",
      message: expect.stringContaining("wp_posts"),
    });
  });
});

async function columns(records: Records): Promise<string[]> {
  const tables = await ownTables(records);
  return tables
    .flatMap(({ name, columns }) => columns.map((column) => `${name}.${column.name} ${column.dataType}`))
    .sort();
}

describe("migrate", () => {
  test("numbers its steps 1, 2, 3…", () => {
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
  });

  test("copies an older SQLite database beside itself before it changes it", async () => {
    const { records, file } = await openSqlite();
    await migrate(records);
    await upsertItems(records, [{ itemId: 1, title: "Amélie", year: 2001, genres: [] }]);
    const now = () => new Date("2026-01-02T03:04:05.678Z");
    const result = await migrate(records, { now, steps: [...migrations, addColour] });
    const backup = `${file}.schema-${newest}.20260102T030405678Z.backup`;
    expect(result).toEqual({ from: newest, to: newest + 1, backups: [backup] });
    expect(await schemaVersion(records)).toBe(newest + 1);
    const { records: copy } = await openSqlite(join(backup, "records.db"));
    expect(await schemaVersion(copy)).toBe(newest);
    expect(await copy.selectFrom("items").select("title").execute()).toEqual([{ title: "Amélie" }]);
    await expect(migrate(records)).rejects.toMatchObject({ code: "unsupported" });
    const backups = (await readdir(dirname(file))).filter((name) => name.endsWith(".backup"));
    expect(backups).toHaveLength(1);
  });

  test("takes a backup of a SQLite database before each step, and none of one that it makes", async () => {
    const { records, file } = await openSqlite();
    expect(await migrate(records, { steps: migrations.slice(0, 1) })).toMatchObject({ from: 0, backups: [] });
    await upsertItems(records, [{ itemId: 1, title: "Amélie", year: 2001, genres: [] }]);
    const { from, to, backups } = await migrate(records);
    expect([from, to]).toEqual([1, newest]);
    const versions = migrations.slice(0, -1).map(({ version }) => version);
    expect(backups).toEqual(versions.map((version) => expect.stringContaining(`${file}.schema-${version}.`)));
    for (const [at, version] of versions.entries()) {
      const { records: copy } = await openSqlite();
      await restore(copy, backups[at]!);
      expect(await schemaVersion(copy)).toBe(version);
      expect(await migrate(copy)).toMatchObject({ from: version, to: newest });
      expect(await findItem(copy, 1)).toMatchObject({ title: "Amélie" });
    }
  });

  test("goes on at the step that failed, with the steps before it done and backed up", async () => {
    const { records } = await openSqlite();
    await migrate(records);
    const broken = { ...addColour, version: newest + 2, up: () => Promise.reject(new Error("no")) };
    const failing = migrate(records, { steps: [...migrations, addColour, broken] });
    await expect(failing).rejects.toThrow("no");
    expect(await schemaVersion(records)).toBe(newest + 1);
    const mended: Migration = {
      ...broken,
      up: async ({ schema }) => {
        await schema.alterTable("items").addColumn("size", "text").execute();
      },
    };
    expect(await migrate(records, { steps: [...migrations, addColour, mended] })).toMatchObject({
      from: newest + 1,
      to: newest + 2,
    });
  });

  test.skipIf(postgresAbsent())("works in the schema that the search path names first", async () => {
    const { url, drop } = await temporaryDatabase("empty");
    const records = await postgresRecords({ url: `${url}?options=-c%20search_path%3Dfeedback,public` });
    onTestFinished(async () => {
      await records.destroy();
      await drop();
    });
    await records.schema.createTable("public.of_others").addColumn("id", "integer").execute();
    await records.schema.createSchema("feedback").execute();
    await migrate(records);
    const tables = await records.introspection.getTables();
    expect(tables.find(({ name }) => name === "ratings")?.schema).toBe("feedback");
    expect(await schemaVersion(records)).toBe(newest);
  });
});

describe("a file that is no sound database", () => {
  test("is called so, by name, when it is something else", async () => {
    const path = join(await temporaryFolder(), "photo.db");
    await writeFile(path, "This is a text, not a database. ".repeat(300));
    await expect(sqliteRecords({ path })).rejects.toMatchObject({
      code: "corrupt_data",
      message: expect.stringContaining("photo.db is not a sound SQLite database"),
    });
  });

  test("is called so when its pages are overwritten", async () => {
    const { records, file } = await openSqlite();
    await migrate(records);
    const items = Array.from({ length: 5000 }, (_, i) => ({
      itemId: i,
      title: `Film ${i}`,
      year: null,
      genres: [],
    }));
    await upsertItems(records, items);
    await records.destroy();
    const handle = await openFile(file, "r+");
    const { size } = await handle.stat();
    await handle.write(Buffer.alloc(size - 8192, 0xee), 0, size - 8192, 8192);
    await handle.close();
    const read = openSqlite(file).then(({ records }) => records.selectFrom("items").selectAll().execute());
    await expect(read).rejects.toMatchObject({
      code: "corrupt_data",
      message: expect.stringContaining(`${file} is not a sound SQLite database`),
    });
  });

  test("is called a folder when it is one", async () => {
    await expect(sqliteRecords({ path: await temporaryFolder() })).rejects.toMatchObject({
      code: "configuration",
    });
  });
});
