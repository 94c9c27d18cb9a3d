import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openRecords } from "../open.ts";
import { ratingBatch } from "../testing/rating-batch.ts";
import { startModule } from "../testing/start-module.ts";
import { postgresAbsent, temporaryDatabase } from "../testing/temporary-database.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { withLock } from "./lock.ts";
import { migrate, migrations, schemaVersion } from "./migrate.ts";
import { countStats, ratingsOfUser } from "./ratings.ts";
import { replaceImportedRatings } from "./replace-ratings.ts";

const folder = new URL(".", import.meta.url).href;
const opened = (url: string) => `
  import { openRecords } from "${folder}../open.ts";
  import { migrate } from "${folder}migrate.ts";
  import { withLock } from "${folder}lock.ts";
  import { replaceImportedRatings } from "${folder}replace-ratings.ts";
  const records = await openRecords({ dataDir: ".", records: ${JSON.stringify(url)} });
`;

async function open(url: string) {
  const records = await openRecords({ dataDir: ".", records: url });
  onTestFinished(() => records.destroy());
  return records;
}

const onSqlite = async () => `sqlite:${join(await temporaryFolder(), "tamis.db")}`;
const onPostgres = async () => {
  const { url, drop } = await temporaryDatabase("empty");
  onTestFinished(drop);
  return url;
};

describe.each([
  ["one SQLite file", onSqlite, undefined],
  ["one PostgreSQL database", onPostgres, postgresAbsent()],
])("several processes on %s", (_engine, newUrl, absent) => {
  const it = test.skipIf(absent);

  it("keeps the former ratings when a load is killed", async () => {
    const url = await newUrl();
    const records = await open(url);
    await migrate(records);
    const former = [{ userId: 1, itemId: 1, rating: 4, ratedAt: 5 }];
    await replaceImportedRatings(records, [ratingBatch(former)]);
    const loader = startModule(`${opened(url)}
      async function* batches() {
        for (let user = 0; ; user++) {
          const length = 5000;
          const itemIds = Array.from({ length }, (_, i) => String(i));
          yield { length, userIds: new Array(length).fill("u" + user), itemIds,
            ratings: new Float64Array(length), ratedAt: new Float64Array(length) };
          if (user === 60) console.log("far in");
        }
      }
      await replaceImportedRatings(records, batches());`);
    expect(await loader.nextLine()).toBe("far in");
    loader.child.kill("SIGKILL");
    expect(await loader.exit).toBeNull();
    expect(await ratingsOfUser(records, 1)).toEqual(former);
    expect(await countStats(records)).toMatchObject({ ratings: 1, users: 1 });
    // Nothing holds the file any more, and a new load succeeds.
    await replaceImportedRatings(records, [ratingBatch([{ ...former[0]!, rating: 2 }])]);
    expect((await countStats(records)).averageRating).toBe(2);
    const again = await open(url);
    expect((await countStats(again)).averageRating).toBe(2);
  });

  it("lets one of several processes migrate; the others find it done", async () => {
    const url = await newUrl();
    const migrators = Array.from({ length: 4 }, () =>
      startModule(
        `${opened(url)} console.log(JSON.stringify(await migrate(records))); await records.destroy();`,
      ),
    );
    const results = await Promise.all(migrators.map(async ({ nextLine }) => JSON.parse(await nextLine())));
    expect(await Promise.all(migrators.map(({ exit }) => exit))).toEqual([0, 0, 0, 0]);
    expect(results.filter(({ from }) => from === 0)).toHaveLength(1);
    expect(await schemaVersion(await open(url))).toBe(migrations.length);
  });

  it("refuses a lock that another process holds, until that process is killed", async () => {
    const url = await newUrl();
    const records = await open(url);
    const holder = startModule(`${opened(url)}
      await withLock(records, "import", async () => {
        console.log("held");
        await new Promise((resolve) => setTimeout(resolve, 600_000));
      });`);
    expect(await holder.nextLine()).toBe("held");
    const refused = withLock(records, "import", async () => {});
    await expect(refused).rejects.toMatchObject({
      code: "conflict",
      message: "Another import is running on this data. Wait until it has ended, or stop it, then try again.",
    });
    holder.child.kill("SIGKILL");
    await holder.exit;
    expect(await withLock(records, "import", async () => "free")).toBe("free");
  });
});

test("a migration of SQLite is waited for, longer than a write would be", async () => {
  const url = await onSqlite();
  const records = await open(url);
  await migrate(records);
  // `addColumn` is the step of both; in the other process it takes longer than the 5 s of a busy file.
  const steps = (pauseMs: number) => `[...migrations, {
    version: migrations.length + 1,
    name: "slow",
    up: async ({ schema }) => {
      console.log("migrating");
      await schema.alterTable("items").addColumn("colour", "text").execute();
      await new Promise((resolve) => setTimeout(resolve, ${pauseMs}));
    },
  }]`;
  const migrating = (pauseMs: number) =>
    startModule(`${opened(url)}
      const { migrations } = await import("${folder}migrate.ts");
      const { from, to, backups } = await migrate(records, { steps: ${steps(pauseMs)} });
      console.log(to - from + " step, " + backups.length + " backup");
      await records.destroy();`);
  const first = migrating(6000);
  expect(await first.nextLine()).toBe("migrating");
  const second = migrating(0);
  expect(await first.nextLine()).toBe("1 step, 1 backup");
  expect(await second.nextLine()).toBe("0 step, 0 backup");
});

test.each([
  ["better-sqlite3", "sqlite:/nowhere/tamis.db", "npm install better-sqlite3@12"],
  ["pg", "postgres://nowhere/tamis", "npm install pg@8 pg-copy-streams@7"],
  ["pg-copy-streams", "postgres://nowhere/tamis", "npm install pg@8 pg-copy-streams@7"],
])("names the command to install when %s is absent", async (driver, url, command) => {
  const absent = `export const resolve = (specifier, context, next) => {
    if (specifier === "${driver}") throw new Error("Cannot find package '${driver}'");
    return next(specifier, context);
  };`;
  const { nextLine } = startModule(`
    import { register } from "node:module";
    register("data:text/javascript,${encodeURIComponent(absent)}");
    const { openRecords } = await import("${folder}../open.ts");
    const error = await openRecords({ dataDir: ".", records: "${url}" }).catch((error) => error);
    console.log(JSON.stringify({ code: error.code, message: error.message, cause: error.cause.message }));`);
  expect(JSON.parse(await nextLine())).toEqual({
    code: "configuration",
    message: expect.stringContaining(command),
    cause: `Cannot find package '${driver}'`,
  });
});
