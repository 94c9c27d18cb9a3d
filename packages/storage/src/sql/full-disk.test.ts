import { chown, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { sql } from "kysely";
import { describe, expect, it, onTestFinished } from "vitest";
import { ratingBatch } from "../testing/rating-batch.ts";
import { postgresAbsent, temporaryDatabase } from "../testing/temporary-database.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { mountTinyDisk } from "../testing/tiny-disk.ts";
import { migrate } from "./migrate.ts";
import { postgresRecords } from "./postgres.ts";
import { countStats, ratingsOfUser } from "./ratings.ts";
import { replaceImportedRatings } from "./replace-ratings.ts";
import type { Records } from "./schema.ts";
import { sqliteRecords } from "./sqlite.ts";

async function onSqlite(folder: string): Promise<Records> {
  const records = await sqliteRecords({ path: join(folder, "tamis.db") });
  onTestFinished(() => records.destroy());
  return records;
}

/** A database whose tables are on that disk, and nothing else of the server is. */
async function onPostgres(folder: string): Promise<Records> {
  const { url, drop } = await temporaryDatabase("empty");
  const server = await postgresRecords({ url: url.replace(/[^/]*$/, "postgres") });
  const { rows } = await sql<{ data_directory: string }>`show data_directory`.execute(server);
  const { uid, gid } = await stat(rows[0]!.data_directory);
  await chown(folder, uid, gid);
  const tablespace = sql.ref(basename(folder));
  await sql`create tablespace ${tablespace} location ${sql.lit(folder)}`.execute(server);
  await sql`alter database ${sql.ref(basename(url))} set tablespace ${tablespace}`.execute(server);
  const records = await postgresRecords({ url });
  onTestFinished(async () => {
    await records.destroy();
    await drop();
    await sql`drop tablespace ${tablespace}`.execute(server);
    await server.destroy();
  });
  return records;
}

describe("records on a full disk", () => {
  it.for([
    ["SQLite", onSqlite, 8, undefined],
    ["PostgreSQL", onPostgres, 24, postgresAbsent()],
  ] as const)("say no_space on %s, keep the former ratings and go on working", async (engine, { skip }) => {
    const [, open, megabytes, absent] = engine;
    const folder = await temporaryFolder();
    const reason = absent ?? mountTinyDisk(folder, megabytes);
    if (reason !== undefined) return skip(reason);
    const records = await open(folder);
    await migrate(records);
    const former = [{ userId: 1, itemId: 1, rating: 4, ratedAt: 5 }];
    await replaceImportedRatings(records, [ratingBatch(former)]);
    const tooMany = Array.from({ length: 100_000 }, (_, i) => ({
      userId: `a user with a long name ${i}`.padEnd(250, "."),
      itemId: i,
      rating: 3,
      ratedAt: null,
    }));
    await expect(replaceImportedRatings(records, [ratingBatch(tooMany)])).rejects.toMatchObject({
      code: "no_space",
      message: expect.stringMatching(/disk of .* is full; free some space/),
    });
    expect(await ratingsOfUser(records, 1)).toEqual(former);
    await replaceImportedRatings(records, [ratingBatch([{ ...former[0]!, rating: 2 }])]);
    expect((await countStats(records)).averageRating).toBe(2);
  });
});
