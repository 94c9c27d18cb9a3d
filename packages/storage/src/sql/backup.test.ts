import { spawnSync } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { openRecords } from "../open.ts";
import { postgresAbsent, temporaryDatabase } from "../testing/temporary-database.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { temporaryRecords } from "../testing/temporary-records.ts";
import { backup } from "./backup.ts";
import { countRows } from "./count-rows.ts";
import { withLock } from "./lock.ts";
import { migrate, migrations } from "./migrate.ts";
import { restore } from "./restore.ts";
import type { Records } from "./schema.ts";
import { upsertUsers } from "./users.ts";

const newest = migrations.length;

async function open(url: string): Promise<Records> {
  const records = await openRecords({ dataDir: ".", records: url });
  onTestFinished(() => records.destroy());
  return records;
}

/** URL of empty records without a table. */
const onSqlite = async () => `sqlite:${join(await temporaryFolder(), "tamis.db")}`;
const onPostgres = async () => {
  const { url, drop } = await temporaryDatabase("empty");
  onTestFinished(drop);
  return url;
};

async function filled(url: string, users: number): Promise<Records> {
  const records = await open(url);
  await migrate(records);
  const rows = Array.from({ length: users }, (_, id) => ({
    userId: id,
    attributes: { name: "l’été ' \" 🎬" },
  }));
  await upsertUsers(records, rows);
  return records;
}

const allUsers = (records: Records) => records.selectFrom("users").selectAll().orderBy("id").execute();

const noTools =
  spawnSync("pg_dump", ["--version"]).status === 0
    ? undefined
    : "there is no pg_dump: apt-get install postgresql-client";
const absent = postgresAbsent() ?? noTools;
if (absent && process.env.CI === "true") throw new Error(absent);

describe.each([
  ["SQLite", onSqlite, "records.db", undefined],
  ["PostgreSQL", onPostgres, "records.dump", absent],
])("a backup on %s", (_engine, newUrl, file, why) => {
  const it = (name: string, work: () => Promise<void>) =>
    test.skipIf(why)(why ? `${name} (${why})` : name, work);

  it("comes back the same, row by row, and can be worked on", async () => {
    const records = await filled(await newUrl(), 500);
    const folder = join(await temporaryFolder(), "monday");
    const { path, manifest } = await backup(records, folder, { now: () => new Date("2026-11-20T07:00:00Z") });
    expect(path).toBe(folder);
    expect((await readdir(folder)).sort()).toEqual(["manifest.json", file].sort());
    expect(manifest).toMatchObject({ schema_version: newest, created_at: "2026-11-20T07:00:00.000Z", file });
    expect(manifest.rows).toMatchObject({ users: 500, ratings: 0, schema_version: newest });
    expect(JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"))).toEqual(manifest);

    const copy = await open(await newUrl());
    expect(await restore(copy, folder)).toEqual(manifest);
    expect(await countRows(copy)).toEqual(manifest.rows);
    expect(await allUsers(copy)).toEqual(await allUsers(records));
    expect(await migrate(copy)).toMatchObject({ from: newest, to: newest });
    await upsertUsers(copy, [{ userId: "new", attributes: {} }]);
    await expect(copy.insertInto("users").values({ id: "new" }).execute()).rejects.toMatchObject({
      code: "conflict",
    });
  });

  it("holds one moment, while somebody writes all the time", async () => {
    const url = await newUrl();
    const records = await filled(url, 2000);
    const writer = await open(url);
    let writing = true;
    const writes = (async () => {
      // Two tables in each transaction: a backup with one half of it would show.
      for (let n = 0; writing; n++) {
        await nextTurn(); // SQLite answers at once: nobody else would have his turn
        await writer.transaction().execute(async (transaction) => {
          await transaction
            .insertInto("users")
            .values({ id: `writer ${n}` })
            .execute();
          await transaction
            .insertInto("genres")
            .values({ name: `genre ${n}` })
            .execute();
        });
      }
    })();
    const folder = await temporaryFolder();
    const counts: number[] = [];
    for (let n = 0; n < 3; n++) {
      const { manifest } = await backup(records, join(folder, `${n}`));
      counts.push(manifest.rows.genres!);
      expect(manifest.rows.users).toBe(2000 + manifest.rows.genres!);
    }
    writing = false;
    await writes;
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    const copy = await open(await newUrl());
    await restore(copy, join(folder, "2"));
    expect(await countRows(copy)).toMatchObject({ genres: counts[2], users: 2000 + counts[2]! });
  });

  it("is refused where there are rows, unless it is forced, and then replaces all of them", async () => {
    const records = await filled(await newUrl(), 3);
    const { path } = await backup(records, join(await temporaryFolder(), "three"));
    const full = await filled(await newUrl(), 7);
    await full.schema.createTable("later").addColumn("id", "integer").execute(); // of a newer schema
    await expect(restore(full, path)).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("7 users"),
    });
    expect(await allUsers(full)).toHaveLength(7);
    const manifest = await restore(full, join(path, file), { force: true });
    expect(await countRows(full)).toEqual(manifest.rows);
  });

  it("that is damaged, incomplete or not all there is refused, and nothing is changed", async () => {
    const records = await filled(await newUrl(), 300);
    const folder = join(await temporaryFolder(), "backup");
    const { manifest } = await backup(records, folder);
    const path = join(folder, file);
    const bytes = await readFile(path);
    const full = await filled(await newUrl(), 7);
    const refused = async (code: string) => {
      await expect(restore(full, folder, { force: true })).rejects.toMatchObject({ code });
      expect(await allUsers(full)).toHaveLength(7);
    };
    const flipped = Buffer.from(bytes);
    flipped[bytes.length >> 1]! ^= 0xff;
    await writeFile(path, flipped);
    await refused("corrupt_data");
    await writeFile(path, bytes.subarray(0, -100));
    await refused("corrupt_data");
    await rm(path);
    await refused("corrupt_data");
    await writeFile(path, bytes);
    // Whoever changes the manifest too is found out by the rows.
    const wrong = { ...manifest, rows: { ...manifest.rows, users: 299 } };
    await writeFile(join(folder, "manifest.json"), JSON.stringify(wrong));
    await refused("corrupt_data");
    await writeFile(join(folder, "manifest.json"), JSON.stringify({ ...manifest, schema_version: 99 }));
    await refused("unsupported");
    await writeFile(join(folder, "manifest.json"), "{");
    await refused("corrupt_data");
    await rm(join(folder, "manifest.json"));
    await refused("not_found");
  });

  it("waits for nobody: another one's import keeps a restore out, a taken name a backup", async () => {
    const url = await newUrl();
    const records = await filled(url, 3);
    const { path } = await backup(records, join(await temporaryFolder(), "backup"));
    await expect(backup(records, path)).rejects.toMatchObject({ code: "refused" });
    await withLock(await open(url), "import", () =>
      expect(restore(records, path, { force: true })).rejects.toMatchObject({ code: "conflict" }),
    );
    await expect(backup(await open(await newUrl()), `${path}-2`)).rejects.toMatchObject({
      code: "not_found",
    });
    const folder = await temporaryFolder();
    const dated = await backup(records, folder, { now: () => new Date("2026-11-20T07:00:00Z") });
    expect(dated.path).toBe(join(folder, "tamis-20261120T070000Z"));
  });

  it("that is cancelled leaves nothing behind", async () => {
    const records = await filled(await newUrl(), 3);
    const folder = await temporaryFolder();
    const work = backup(records, join(folder, "cancelled"), { signal: AbortSignal.abort() });
    await expect(work).rejects.toMatchObject({ code: "aborted" });
    expect(await readdir(folder)).toEqual([]);
  });
});

test("a backup of SQLite is a database that any SQLite reads, in one file", async () => {
  const records = await temporaryRecords();
  const { path } = await backup(records, join(await temporaryFolder(), "backup"));
  const bytes = await readFile(join(path, "records.db"));
  expect(bytes.subarray(0, 16).toString()).toBe("SQLite format 3\0");
  expect([...bytes.subarray(18, 20)]).toEqual([1, 1]); // not in WAL mode
});

test.skipIf(absent)(
  "pg_dump that is not there, and a wrong password, are told without the password",
  async () => {
    const url = await onPostgres();
    const records = await filled(url, 3);
    const folder = await temporaryFolder();
    const { PATH } = process.env;
    process.env.PATH = "/nowhere";
    try {
      await expect(backup(records, join(folder, "backup"))).rejects.toMatchObject({
        code: "configuration",
        message: expect.stringContaining("apt-get install postgresql-client"),
      });
    } finally {
      process.env.PATH = PATH;
    }
    const secret = await open(url.replace("postgres@", "postgres:hunter2@"));
    const { path } = await backup(secret, join(folder, "backup"));
    await rm(join(path, "records.dump"));
    const failing = await restore(secret, path, { force: true }).catch((error) => error);
    expect(JSON.stringify([failing.message, failing.details])).not.toContain("hunter2");
  },
);
