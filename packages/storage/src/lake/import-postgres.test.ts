import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { ownTables } from "../sql/own-tables.ts";
import { countStats } from "../sql/ratings.ts";
import type { Records } from "../sql/schema.ts";
import { importProcess } from "../testing/import-process.ts";
import { openTemporary } from "../testing/open-temporary.ts";
import { postgresAbsent, temporaryDatabase } from "../testing/temporary-database.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { startThrowawayPostgres, type ThrowawayPostgres } from "../testing/throwaway-postgres.ts";
import { importMovielens } from "./import-movielens.ts";
import { importRatings } from "./import-ratings.ts";

const absent = postgresAbsent();
const users = 400;
/** Processes killed at a random moment. */
const kills = Number(process.env.TAMIS_TEST_KILLS ?? 4);

async function newDatabase(): Promise<string> {
  const { url, drop } = await temporaryDatabase("migrated");
  onTestFinished(drop);
  return url;
}

/** 100 ratings of each user: of the two versions, some are the same, some have other values, some one only. */
function ratingsOf(version: number): string[] {
  return Array.from({ length: users * 100 }, (_, i) => {
    const item = Math.floor(i / users) * version;
    return `${i % users},${item},${item % 3 === 0 ? 5 : version},${i % users}`;
  });
}

/** A file with the ratings of a version, and one bad row. */
async function ratingsFile(folder: string, version: number): Promise<string> {
  const path = join(folder, `version-${version}.csv`);
  await writeFile(path, `${ratingsOf(version).join("\n")}\n1,2,abc,4\n`);
  return path;
}

/** The version of which the tables hold every row and total, and no other; 0 for none. */
async function versionOf(records: Records): Promise<number> {
  const rows = await records.selectFrom("ratings").selectAll().execute();
  const stored = rows.map((row) => `${row.user_id},${row.item_id},${row.rating},${row.rated_at}`).sort();
  const version = [[], ratingsOf(1), ratingsOf(2)].findIndex(
    (expected) => expected.length === rows.length && expected.sort().every((row, at) => row === stored[at]),
  );
  const sum = rows.reduce((total, { rating }) => total + rating, 0);
  expect(await countStats(records)).toEqual({
    users: version > 0 ? users : 0,
    items: version > 0 ? 100 : 0,
    ratings: rows.length,
    averageRating: version > 0 ? sum / rows.length : null,
  });
  return version;
}

/** Every row of every table, but for what differs from run to run. */
async function everyRow(records: Records): Promise<Map<string, string[]>> {
  const varying = new Set([
    "id",
    "import_id",
    "genre_id",
    "tag_id",
    "applied_at",
    "created_at",
    "started_at",
  ]);
  const rows = new Map<string, string[]>();
  for (const { name } of await ownTables(records)) {
    const { rows: found } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(
      records,
    );
    const texts = found.map((row) =>
      JSON.stringify(
        Object.entries(row)
          .filter(
            ([column]) =>
              !(varying.has(column) && !["users", "items"].includes(name)) && column !== "ended_at",
          )
          .sort(),
      ),
    );
    rows.set(name, texts.sort());
  }
  return rows;
}

/** A folder in the layout of MovieLens 20M; `version` 2 has other films, users, tags and scores than 1. */
async function filmFolder(version: number): Promise<string> {
  const folder = join(await temporaryFolder(), "ml-20m");
  await mkdir(folder);
  const films = [1, 1 + version, 30 + version];
  const files = {
    "ratings.csv": [
      "userId,movieId,rating,timestamp",
      ...[1, 2, 9 + version].flatMap((user) =>
        films.map(
          (film) => `${user},${film},${((user + film * version) % 10) / 2 + 0.5},${1_500_000_000 + user}`,
        ),
      ),
    ],
    "movies.csv": [
      "movieId,title,genres",
      ...films.map((film) => `${film},"L’été, ${version} (19${50 + film})",Comedy|Genre ${version}`),
    ],
    "tags.csv": [
      "userId,movieId,tag,timestamp",
      `1,1,drôle 🎬,${1_400_000_000 + version}`,
      `1,1,drôle 🎬,${1_400_000_009 + version}`,
      `2,1,word ${version},1400000000`,
    ],
    "links.csv": [
      "movieId,imdbId,tmdbId",
      ...films.map((film) => `${film},0${film},${film === 1 ? "" : film}`),
    ],
    "genome-tags.csv": ["tagId,tag", "1,007", `${version + 1},other`],
    "genome-scores.csv": ["movieId,tagId,relevance", "1,1,0.025", "1,1,0.5", `${1 + version},1,0.${version}`],
  };
  for (const [name, lines] of Object.entries(files)) await writeFile(join(folder, name), lines.join("\n"));
  return folder;
}

describe.skipIf(absent)(`imports into PostgreSQL ${absent ?? ""}`, () => {
  it("give the same rows in every table as into SQLite, also when a set replaces another", async () => {
    const [sqlite, postgres] = [await openTemporary(), await openTemporary(undefined, await newDatabase())];
    for (const version of [1, 2]) {
      const folder = await filmFolder(version);
      for (const tamis of [sqlite, postgres]) {
        // Between the two imports somebody rates by hand: once what the next one has, once what it has not.
        await importMovielens(tamis, folder);
        if (version > 1) continue;
        const byHand = { user_id: "2", rating: 5, rated_at: null, source: "api" as const };
        await tamis.records.deleteFrom("ratings").where("user_id", "=", "2").execute();
        const rows = ["1", "99"].map((item_id) => ({ ...byHand, item_id }));
        await tamis.records.insertInto("ratings").values(rows).execute();
      }
      expect(await everyRow(postgres.records)).toEqual(await everyRow(sqlite.records));
    }
    expect((await everyRow(postgres.records)).get("genome_scores")).toHaveLength(2);
  });

  it.each(["landing", "reading", "duplicates", "snapshot", "serving"])(
    "killed in the phase %s leave the former data set and are finished by the next run",
    async (phase) => {
      const records = await newDatabase();
      const folder = await temporaryFolder();
      const [former, file] = [await ratingsFile(folder, 1), await ratingsFile(folder, 2)];
      const tamis = await openTemporary(folder, records);
      await importRatings(tamis, former);
      const onPhase = (seen: string) => (seen === phase ? ("SIGKILL" as const) : undefined);
      expect((await importProcess(folder, file, onPhase, records)).signal).toBe("SIGKILL");
      expect(await versionOf(tamis.records)).toBe(1);
      expect(await importRatings(tamis, file)).toMatchObject({ rows: users * 100, rejected: 1 });
      expect(await versionOf(tamis.records)).toBe(2);
    },
    60_000,
  );

  it("killed again and again while they fill the tables leave nothing half", async () => {
    const records = await newDatabase();
    const folder = await temporaryFolder();
    const files = [await ratingsFile(folder, 1), await ratingsFile(folder, 2)];
    const tamis = await openTemporary(folder, records);
    const { rows } = await importRatings(tamis, files[0]!);
    for (let round = 0; round < kills; round++) {
      const before = await versionOf(tamis.records);
      const next = 3 - before;
      const killed = await importProcess(
        folder,
        files[next - 1]!,
        (phase, child) => {
          if (phase === "serving") setTimeout(() => child.kill("SIGKILL"), Math.random() * 400);
          return undefined;
        },
        records,
      );
      expect(await versionOf(tamis.records)).toBe(killed.answer?.rows === rows ? next : before);
    }
    await importRatings(tamis, files[1]!);
    expect(await versionOf(tamis.records)).toBe(2);
  }, 120_000);

  it("at once from two processes: one goes through, the other is told", async () => {
    const records = await newDatabase();
    const folder = await temporaryFolder();
    const file = await ratingsFile(folder, 1);
    const both = await Promise.all([1, 2].map(() => importProcess(folder, file, undefined, records)));
    const told = both.map(({ answer }) => answer?.error ?? `unchanged: ${answer?.unchanged}`).sort();
    // The second either met the lock or came when the first had finished.
    expect([
      ["conflict", "unchanged: false"],
      ["unchanged: false", "unchanged: true"],
    ]).toContainEqual(told);
    expect(await versionOf((await openTemporary(folder, records)).records)).toBe(1);
  }, 60_000);
});

describe.skipIf(absent)(`imports while PostgreSQL restarts ${absent ?? ""}`, () => {
  let server: ThrowawayPostgres;
  beforeAll(async () => {
    server = await startThrowawayPostgres();
  }, 60_000);
  afterAll(() => server?.remove());

  it.each(["reading", "serving"])(
    "end as temporary or well in the phase %s, and a rerun is exact",
    async (phase) => {
      const folder = await temporaryFolder();
      const [former, file] = [await ratingsFile(folder, 1), await ratingsFile(folder, 2)];
      const tamis = await openTemporary(folder, server.url());
      await importRatings(tamis, former);
      let restarted: Promise<void> | undefined;
      const onPhase = (seen: string) => {
        if (seen === phase) restarted = server.stop("crash").then(() => server.start());
        return undefined;
      };
      const { answer } = await importProcess(folder, file, onPhase, server.url());
      await restarted;
      expect([{ error: "unavailable" }, { rows: users * 100 }]).toContainEqual(
        answer?.error ? { error: answer.error } : { rows: answer?.rows },
      );
      expect(await versionOf(tamis.records)).toBe(answer?.error ? 1 : 2);
      await importRatings(tamis, file);
      expect(await versionOf(tamis.records)).toBe(2);
    },
    60_000,
  );
});
