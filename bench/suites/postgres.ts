import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Progress } from "@tamis/core";
import pg from "pg";
import type { ThrowawayPostgres } from "../../packages/storage/src/testing/throwaway-postgres.ts";
import { generateMovielens } from "../data/generate-movielens.ts";
import { measure } from "../measure.ts";
import { type PlainRatings, plainBinaryCopy } from "../plain/binary-copy.ts";
import { atMost, findRow, type Measurement, type Row, ratio, type Suite } from "../suite.ts";

const filmCount = 27_278;
const userCount = 138_891;
/** 144 of each user, as MovieLens 20M has on average, in the order of their key as text: what a COPY likes best. */
const ratings: PlainRatings = {
  rows: 144 * userCount,
  users: idsInOrder(userCount),
  items: idsInOrder(filmCount),
  userOf: (row) => Math.floor(row / 144),
  itemOf: (row) => ((17 * Math.floor(row / 144)) % 62) + 189 * (row % 144),
  ratingOf: (row) => ((row % 10) + 1) / 2,
  ratedAtOf: (row) => 1_000_000_000 + row,
};
/** The same rows in DuckDB, in the order of a file, which is that of the numbers. */
const ratingsSelect = `SELECT users.id AS user_id, items.id AS item_id, (range % 10 + 1) / 2.0 AS rating,
    1000000000 + range AS rated_at
  FROM range(${ratings.rows}) JOIN ${ranks(userCount, "users")} ON users.rank = range // 144
    JOIN ${ranks(filmCount, "items")} ON items.rank = 17 * (range // 144) % 62 + 189 * (range % 144)
  ORDER BY user_id, item_id`;

function idsInOrder(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1)).sort();
}

/** A table of the ids 1, 2, 3… and their places in the order of their texts, from 0. */
function ranks(count: number, name: string): string {
  return `(SELECT range AS id, row_number() OVER (ORDER BY range::VARCHAR) - 1 AS rank FROM range(1, ${count + 1})) AS ${name}`;
}

const table = "20 million ratings into a table";
const six = "the six files of MovieLens 20M, generated, into an empty database";
const bare = {
  alone: "bare binary COPY, no key",
  keyedAfter: "bare binary COPY, then its primary key",
  keyedBefore: "bare binary COPY under its primary key",
};
const ours = { empty: "tamis, into the empty table", full: "tamis, over the same rows" };

export const postgres: Suite = {
  title: "PostgreSQL",
  about: `A server of its own on the same cores, as durable as PostgreSQL is by default, \`max_wal_size\` 4 GB. The table of Tamis has
a primary key, a check, an index and a column more than the bare one; into it goes a Parquet file of the same rows, which is
sorted on the way, and the totals of users and items are counted. The bare COPY gets its rows sorted; without a key it makes
a heap, which refuses no pair that comes twice and finds nobody's ratings: what its own key adds stands in the row of that name
(\`docs/decisions/2026-11-30-a-load-includes-the-key.md\`). Over the same rows: they are compared by way of a staging table,
and nothing changes.`,
  baselines: [bare.alone, bare.keyedAfter, bare.keyedBefore],
  runs: [
    { case: table, name: bare.alone, measure: () => onServer((server) => bareCopy(server)) },
    { case: table, name: bare.keyedAfter, measure: () => onServer((server) => bareCopy(server, "after")) },
    { case: table, name: bare.keyedBefore, measure: () => onServer((server) => bareCopy(server, "before")) },
    { case: table, name: ours.empty, measure: () => onServer((server) => snapshotInto(server, 1)) },
    { case: table, name: ours.full, measure: () => onServer((server) => snapshotInto(server, 2)) },
    { case: six, name: "tamis importMovielens", measure: () => onServer(importSix) },
  ],
  targets: [
    {
      says: "into the empty table in at most 1.5 times the time of a bare COPY under its key",
      reached: (rows) => atMost(times(rows, bare.keyedBefore), 1.5),
    },
    {
      says: "into the empty table in at most 1.5 times the time of a bare COPY whose key is built after it",
      reached: (rows) => atMost(times(rows, bare.keyedAfter), 1.5),
    },
    {
      says: "into the empty table in at most 1.5 times the time of a bare COPY without a key",
      reached: (rows) => atMost(times(rows, bare.alone), 1.5),
    },
    {
      says: "the six files in less than 4 minutes",
      reached: (rows) => atMost(findRow(rows, { case: six, name: "tamis" })?.seconds, 240),
    },
    {
      says: "the six files: peak memory below 1.5 GB",
      reached: (rows) => atMost(findRow(rows, { case: six, name: "tamis" })?.peak_mib, 1.5e9 / 2 ** 20),
    },
  ],
};

/** The time of ours as a multiple of a bare one. */
const times = (rows: readonly Row[], name: string) =>
  ratio(findRow(rows, { name }), findRow(rows, { name: ours.empty }));

async function onServer(work: (server: ThrowawayPostgres) => Promise<Measurement>): Promise<Measurement> {
  const { durable, startThrowawayPostgres } = await import(
    "../../packages/storage/src/testing/throwaway-postgres.ts"
  );
  const server = await startThrowawayPostgres({ settings: durable });
  try {
    return await work(server);
  } finally {
    await server.remove();
  }
}

async function bareCopy(server: ThrowawayPostgres, key?: "before" | "after"): Promise<Measurement> {
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  await client.query(`create table bare (user_id text collate "C" not null, item_id text collate "C" not null,
    rating double precision not null, rated_at bigint)`);
  await client.query("set maintenance_work_mem = '256MB'");
  const addKey = () => client.query("alter table bare add primary key (user_id, item_id)");
  if (key === "before") await addKey();
  const { seconds, cpu_seconds } = await measure(1, async () => {
    await plainBinaryCopy(client, "bare", ratings);
    if (key === "after") await addKey();
  });
  await client.end();
  return { seconds, cpu_seconds, figures: { rows_per_second: Math.round(ratings.rows / seconds) } };
}

/** @param loads - how often the snapshot is loaded; the last time is measured. */
async function snapshotInto(server: ThrowawayPostgres, loads: number): Promise<Measurement> {
  const { duckdbWarehouse, migrate, replaceImportedRatings } = await import(
    "../../packages/storage/src/index.ts"
  );
  const { postgresRecords } = await import("../../packages/storage/src/sql/postgres.ts");
  const folder = await mkdtemp(join(tmpdir(), "tamis-bench-"));
  const warehouse = duckdbWarehouse({ dataDir: folder, memoryLimit: "1GB" });
  const records = await postgresRecords({ url: server.url() });
  try {
    const file = join(folder, "ratings.parquet");
    await warehouse.query(`COPY (${ratingsSelect}) TO '${file}'`);
    await migrate(records);
    for (let load = 1; load < loads; load++) await replaceImportedRatings(records, batches());
    const { seconds, cpu_seconds } = await measure(1, () => replaceImportedRatings(records, batches()));
    return { seconds, cpu_seconds, figures: { rows_per_second: Math.round(ratings.rows / seconds) } };

    /** In the order of the key as text, a number a pair, as an import sends them: the sort is measured too. */
    async function* batches() {
      const select = `SELECT (users.rank * ${filmCount} + items.rank)::DOUBLE AS pair, rating, rated_at::DOUBLE
        FROM read_parquet('${file}') JOIN ${ranks(userCount, "users")} ON users.id = user_id
        JOIN ${ranks(filmCount, "items")} ON items.id = item_id ORDER BY pair`;
      for await (const { rows, columns } of warehouse.columns(select)) {
        const [pairs, values, ratedAt] = columns as [Float64Array, Float64Array, Float64Array];
        yield {
          length: rows,
          userIds: Array.from(pairs, (pair) => ratings.users[Math.floor(pair / filmCount)]!),
          itemIds: Array.from(pairs, (pair) => ratings.items[pair % filmCount]!),
          ratings: values,
          ratedAt,
        };
      }
    }
  } finally {
    await records.destroy();
    await warehouse.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function importSix(server: ThrowawayPostgres): Promise<Measurement> {
  const { importMovielens, openTamis } = await import("../../packages/storage/src/index.ts");
  const folder = await generateMovielens();
  const dataDir = await mkdtemp(join(tmpdir(), "tamis-bench-"));
  const tamis = await openTamis({ dataDir, records: server.url(), objects: `file:${join(dataDir, "lake")}` });
  const clock = phaseClock();
  try {
    const { seconds, cpu_seconds } = await measure(1, () =>
      importMovielens(tamis, folder, { onProgress: clock.onProgress }),
    );
    return { seconds, cpu_seconds, figures: clock.end() };
  } finally {
    await tamis.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Seconds by phase of the progress. */
function phaseClock() {
  const seconds: Record<string, number> = {};
  let [phase, since] = ["landing", performance.now()];
  const end = () => {
    seconds[`${phase}_seconds`] = (performance.now() - since) / 1000;
    return seconds;
  };
  return {
    end,
    onProgress(progress: Progress) {
      if (progress.phase === phase) return;
      end();
      [phase, since] = [progress.phase, performance.now()];
    },
  };
}
