import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ratingBatch } from "../testing/rating-batch.ts";
import { startModule } from "../testing/start-module.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { withLock } from "./lock.ts";
import { migrate, migrations, schemaVersion } from "./migrate.ts";
import { countStats, ratingsOfUser } from "./ratings.ts";
import { replaceImportedRatings } from "./replace-ratings.ts";
import { sqliteRecords } from "./sqlite.ts";

const folder = new URL(".", import.meta.url).href;
const opened = (path: string) => `
  import { sqliteRecords } from "${folder}sqlite.ts";
  import { migrate } from "${folder}migrate.ts";
  import { withLock } from "${folder}lock.ts";
  import { replaceImportedRatings } from "${folder}replace-ratings.ts";
  const records = await sqliteRecords({ path: ${JSON.stringify(path)} });
`;

async function open(path: string) {
  const records = await sqliteRecords({ path });
  onTestFinished(() => records.destroy());
  return records;
}

describe("several processes on one SQLite file", () => {
  it("keeps the former ratings when a load is killed", async () => {
    const path = join(await temporaryFolder(), "tamis.db");
    const records = await open(path);
    await migrate(records);
    const former = [{ userId: 1, itemId: 1, rating: 4, ratedAt: 5 }];
    await replaceImportedRatings(records, [ratingBatch(former)]);
    const loader = startModule(`${opened(path)}
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
    const again = await open(path);
    expect((await countStats(again)).averageRating).toBe(2);
  });

  it("lets one of several processes migrate; the others find it done", async () => {
    const path = join(await temporaryFolder(), "tamis.db");
    const migrators = Array.from({ length: 4 }, () =>
      startModule(
        `${opened(path)} console.log(JSON.stringify(await migrate(records))); await records.destroy();`,
      ),
    );
    const results = await Promise.all(migrators.map(async ({ nextLine }) => JSON.parse(await nextLine())));
    expect(await Promise.all(migrators.map(({ exit }) => exit))).toEqual([0, 0, 0, 0]);
    expect(results.filter(({ from }) => from === 0)).toHaveLength(1);
    expect(await schemaVersion(await open(path))).toBe(migrations.length);
  });

  it("refuses a lock that another process holds, until that process is killed", async () => {
    const path = join(await temporaryFolder(), "tamis.db");
    const records = await open(path);
    const holder = startModule(`${opened(path)}
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

it("names the command to install when the driver is absent", async () => {
  const absent = `export const resolve = (specifier, context, next) => {
    if (specifier === "better-sqlite3") throw new Error("Cannot find package 'better-sqlite3'");
    return next(specifier, context);
  };`;
  const { nextLine } = startModule(`
    import { register } from "node:module";
    register("data:text/javascript,${encodeURIComponent(absent)}");
    const { sqliteRecords } = await import("${folder}sqlite.ts");
    const error = await sqliteRecords({ path: "/nowhere/tamis.db" }).catch((error) => error);
    console.log(JSON.stringify({ code: error.code, message: error.message, cause: error.cause.message }));`);
  expect(JSON.parse(await nextLine())).toEqual({
    code: "configuration",
    message: expect.stringContaining("npm install better-sqlite3@12"),
    cause: "Cannot find package 'better-sqlite3'",
  });
});
