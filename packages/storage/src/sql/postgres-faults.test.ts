import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { sql } from "kysely";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { ratingBatch } from "../testing/rating-batch.ts";
import { postgresAbsent } from "../testing/temporary-database.ts";
import { startThrowawayPostgres, type ThrowawayPostgres } from "../testing/throwaway-postgres.ts";
import { migrate } from "./migrate.ts";
import { postgresRecords } from "./postgres.ts";
import { countStats } from "./ratings.ts";
import { replaceImportedRatings } from "./replace-ratings.ts";
import type { Records } from "./schema.ts";
import { shortTransaction, writeTransaction } from "./write-transaction.ts";

const absent = postgresAbsent();

describe.skipIf(absent)(`a PostgreSQL server in trouble ${absent ?? ""}`, () => {
  let server: ThrowawayPostgres;
  beforeAll(async () => {
    server = await startThrowawayPostgres();
    const records = await postgresRecords({ url: server.url() });
    await migrate(records);
    await sql`create role locked login password 'correct'`.execute(records);
    await sql`create role reader login`.execute(records);
    await records.destroy();
  }, 60_000);
  afterAll(() => server?.remove());

  async function open(url = server.url()): Promise<Records> {
    const records = await postgresRecords({ url });
    onTestFinished(() => records.destroy());
    return records;
  }
  const answers = (records: Records) => sql<{ one: number }>`select 1 as one`.execute(records);

  it.each(["crash", "in order"] as const)("is asked again when it is back (%s)", async (how) => {
    const records = await open();
    await Promise.all(Array.from({ length: 5 }, () => countStats(records)));
    await server.stop(how);
    const waiting = Promise.all(Array.from({ length: 5 }, () => countStats(records)));
    await sleep(300);
    await server.start();
    expect((await waiting).map(({ ratings }) => ratings)).toEqual([0, 0, 0, 0, 0]);
  });

  it("ends what it had in hand with “unavailable”, and then works on", async () => {
    const records = await open();
    const long = sql`select pg_sleep(60)`.execute(records);
    const transaction = records.transaction().execute(async (transaction) => {
      await transaction.insertInto("tags").values({ name: "lost" }).execute();
      await server.stop("crash");
      await transaction.insertInto("tags").values({ name: "lost too" }).execute();
    });
    for (const { reason } of (await Promise.allSettled([transaction, long])) as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({ code: "unavailable", cause: expect.any(Error) });
    }
    await server.start();
    expect(await records.selectFrom("tags").selectAll().execute()).toEqual([]);
  });

  it("ends a load that it had in hand, and the next one is exact", async () => {
    const records = await open();
    const rating = (itemId: number) => ({ userId: 1, itemId, rating: 3, ratedAt: null });
    await replaceImportedRatings(records, [ratingBatch([rating(1)])]);
    const batches = (async function* () {
      for (let batch = 0; batch < 100; batch++) {
        yield ratingBatch(Array.from({ length: 5000 }, (_, row) => rating(batch * 5000 + row)));
        if (batch === 50) await server.stop("crash");
      }
    })();
    await expect(replaceImportedRatings(records, batches)).rejects.toMatchObject({ code: "unavailable" });
    await server.start();
    expect(await countStats(records)).toMatchObject({ ratings: 1 });
    await replaceImportedRatings(records, [ratingBatch([rating(2), rating(3)])]);
    expect(await countStats(records)).toMatchObject({ ratings: 2, items: 2 });
    await replaceImportedRatings(records, []);
  });

  it("is not waited for when it never answered", async () => {
    const records = await open("postgres://postgres@127.0.0.1:1/tamis");
    await expect(countStats(records)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("127.0.0.1:1/tamis cannot be reached"),
    });
  });

  it.each([
    ["a password that is wrong", "locked:wrong@", "postgres", "28P01", /refused the user or password/],
    ["a password that is missing", "locked@", "postgres", "password", /asks for a password/],
    ["a database that is not there", "postgres:secret@", "nowhere", "28P01|3D000", /There is no database/],
    ["a table it may not read", "reader@", "postgres", "42501", /lacks a right/],
  ])("names the fault of %s", async (_fault, user, database, engineCode, message) => {
    await passwordsFor(server, "locked");
    const url = server.url(database).replace("postgres@", user);
    const records = await open(url);
    const error = await countStats(records).catch((error) => error);
    expect(error.code).toBe("configuration");
    expect(error.message).toMatch(message);
    expect(error.details.engineCode).toMatch(new RegExp(engineCode));
  });

  it("keeps the password out of errors", async () => {
    for (const url of [
      server.url("nowhere").replace("postgres@", "postgres:s3cret@"),
      "postgres://tamis:s3cret@127.0.0.1:1/tamis",
      "postgres://tamis:s3cret@no.such.host.invalid/tamis",
      "postgres://tamis:s3cret@host:port/tamis",
      "postgres://127.0.0.1:1/tamis?password=s3cret",
    ]) {
      const error = await open(url)
        .then(countStats)
        .catch((error) => error);
      expect(error).toMatchObject({ code: expect.stringMatching(/^(configuration|unavailable)$/) });
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("s3cret");
    }
  });

  it("is given up by a question that takes too long, and by a writer that waits too long", async () => {
    const records = await open(`${server.url()}?statement_timeout=200&lock_timeout=100`);
    await expect(sql`select pg_sleep(10)`.execute(records)).rejects.toMatchObject({ code: "timeout" });
    await records.transaction().execute(async (transaction) => {
      await sql`lock table tags`.execute(transaction);
      const waiting = records.insertInto("tags").values({ name: "late" }).execute();
      await expect(waiting).rejects.toMatchObject({ code: "unavailable" });
    });
    const long = writeTransaction(records, (transaction) => sql`select pg_sleep(0.4)`.execute(transaction));
    await expect(long).resolves.toBeDefined();
  });

  it("does a short transaction again that it undid for another one", async () => {
    const records = await open();
    await records
      .insertInto("tags")
      .values([{ name: "a" }, { name: "b" }])
      .execute();
    let attempts = 0;
    let arrived = 0;
    const swap = (first: string, second: string) =>
      shortTransaction(records, async (transaction) => {
        attempts++;
        const touch = (name: string) =>
          transaction.updateTable("tags").set({ name }).where("name", "=", name).execute();
        await touch(first);
        arrived++;
        while (arrived < 2) await sleep(5);
        await touch(second);
      });
    await Promise.all([swap("a", "b"), swap("b", "a")]).finally(() => records.deleteFrom("tags").execute());
    // Three, or more when the one that gave way came back before the other one woke up.
    expect(attempts).toBeGreaterThanOrEqual(3);
  });

  it("does not keep a transaction of which a failed statement was passed over", async () => {
    const records = await open();
    const careless = records.transaction().execute(async (transaction) => {
      await transaction.insertInto("tags").values({ name: "kept?" }).execute();
      await sql`select * from nowhere`.execute(transaction).catch(() => {});
    });
    await expect(careless).rejects.toMatchObject({ code: "database" });
    expect(await records.selectFrom("tags").selectAll().execute()).toEqual([]);
  });

  it("has as many connections of a process as its URL says", async () => {
    const records = await open(`${server.url()}?max=2&application_name=counted`);
    await Promise.all(Array.from({ length: 8 }, () => sql`select pg_sleep(0.05)`.execute(records)));
    const { rows } = await sql<{ count: number }>`select count(*) as count from pg_stat_activity
      where application_name = 'counted'`.execute(records);
    expect(rows).toEqual([{ count: 2 }]);
  });

  it("streams rows both inside and outside a transaction", async () => {
    const records = await open();
    const numbers = (db: Records) =>
      db.selectFrom(sql<{ n: number }>`generate_series(1, 1000)`.as<"series">(sql`series(n)`)).select("n");
    const sum = async (db: Records) => {
      let total = 0;
      for await (const { n } of numbers(db).stream(64)) total += n;
      return total;
    };
    expect(await sum(records)).toBe(500_500);
    expect(
      await records.transaction().execute(async (transaction) => {
        for await (const { n } of numbers(transaction).stream(10)) if (n === 5) break;
        return await sum(transaction);
      }),
    ).toBe(500_500);
    await answers(records);
  });
});

/** From now on the server asks this role for its password. */
async function passwordsFor(server: ThrowawayPostgres, role: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  try {
    const { rows } = await client.query<{ path: string }>(
      "select setting as path from pg_settings where name = 'hba_file'",
    );
    const lines = [`host all ${role} all scram-sha-256`, "host all all all trust"];
    const rule = lines.map((line) => `('${line}')`).join(", ");
    await client.query(`copy (values ${rule}) to '${rows[0]!.path}'`);
    await client.query("select pg_reload_conf()");
    await sleep(100);
  } finally {
    await client.end();
  }
}
