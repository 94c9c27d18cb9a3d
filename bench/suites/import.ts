import { mkdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { generateMovielens } from "../data/generate-movielens.ts";
import { measure } from "../measure.ts";
import { atLeast, atMost, findRow, type Measurement, type Row, ratio, type Suite } from "../suite.ts";

const rows = Number(process.env.TAMIS_BENCH_ROWS ?? 20_000_263);
const size = `${(rows / 1e6).toFixed(rows < 1e7 ? 1 : 0)} million ratings`;
const toSnapshot = `${size}: CSV -> Parquet`;
const toSqlite = `${size}: -> SQLite`;
const toArrays = `${size}: snapshot -> typed arrays`;

export const importing: Suite = {
  title: "Import",
  about: `The generated ratings of MovieLens 20M, a CSV file of 498 MB, on the disk's cache. Who does nothing else: DuckDB
copies what its CSV reader yields to Parquet; SQLite takes four numbers a row from one prepared statement into a table
without a key. Ours digests and keeps the file, checks each row, writes the snapshot, and loads a table with a key of two
texts, all in one import; the row “to the snapshot” ends when its manifest is there, the row “of a snapshot” begins
there, with some rows sorted already while the disk was waited for.`,
  baselines: ["DuckDB", "SQLite"],
  runs: [
    { case: toSnapshot, name: "DuckDB COPY, nothing else", measure: bareDuckdb },
    { case: toSnapshot, name: "tamis import, to the snapshot", measure: () => importUpTo("snapshot") },
    { case: toSqlite, name: "SQLite inserts, nothing else", measure: bareSqlite },
    { case: toSqlite, name: "tamis import, of a snapshot", measure: () => importUpTo("end", "snapshot") },
    { case: toSqlite, name: "tamis import, of the CSV", measure: () => importUpTo("end") },
    { case: toArrays, name: "tamis readSnapshot", measure: readArrays },
  ],
  targets: [
    {
      says: "CSV to snapshot in at most twice the time of the bare COPY",
      reached: (rows) =>
        atLeast(ratio(ours(rows, "to the snapshot"), findRow(rows, { name: "DuckDB" })), 0.5),
    },
    {
      says: "CSV to snapshot in less than 1.5 GB of memory",
      reached: (rows) => atMost(ours(rows, "to the snapshot")?.peak_mib, 1.5e9 / 2 ** 20),
    },
    {
      says: "the whole import in less than 1.5 GB of memory",
      reached: (rows) => atMost(ours(rows, "of the CSV")?.peak_mib, 1.5e9 / 2 ** 20),
    },
    {
      says: "snapshot to SQLite at .7 of the bare inserts' rate or more",
      reached: (rows) => atLeast(ratio(ours(rows, "of a snapshot"), findRow(rows, { name: "SQLite" })), 0.7),
    },
    {
      says: "CSV to SQLite at .7 of the bare inserts' rate or more",
      reached: (rows) => atLeast(ratio(ours(rows, "of the CSV"), findRow(rows, { name: "SQLite" })), 0.7),
    },
    {
      says: "snapshot to typed arrays in less than 6 s",
      reached: (rows) => atMost(findRow(rows, { name: "tamis readSnapshot" })?.seconds, 6),
    },
  ],
};

function ours(rows: readonly Row[], what: string): Row | undefined {
  return findRow(rows, { name: `tamis import, ${what}` });
}

async function bareDuckdb(): Promise<Measurement> {
  const { duckdbWarehouse } = await import("../../packages/storage/src/index.ts");
  const csv = await ratingsFile();
  return await inFolder("bare", async (folder) => {
    const warehouse = duckdbWarehouse({ dataDir: folder });
    await warehouse.query("SELECT 1");
    const measured = await measure(1, () =>
      warehouse.query(`COPY (SELECT * FROM read_csv('${csv}', header = true,
        columns = {'userId': 'BIGINT', 'movieId': 'BIGINT', 'rating': 'DOUBLE', 'timestamp': 'BIGINT'}))
        TO '${join(folder, "bare.parquet")}' (FORMAT parquet, COMPRESSION zstd)`),
    );
    await warehouse.close();
    return figuresOf(measured);
  });
}

/** What is used of better-sqlite3, which is a dependency of the package, not of the benchmarks. */
interface Bare {
  pragma(text: string): void;
  exec(text: string): void;
  prepare(text: string): { run(...values: number[]): void };
  close(): void;
}

async function bareSqlite(): Promise<Measurement> {
  const require = createRequire(new URL("../../packages/storage/package.json", import.meta.url));
  const Database: new (path: string) => Bare = require("better-sqlite3");
  return await inFolder("bare", async (folder) => {
    const database = new Database(join(folder, "bare.db"));
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = NORMAL");
    const measured = await measure(1, () => {
      database.exec("create table r (u integer, m integer, s real, t integer); begin");
      const insert = database.prepare("insert into r values (?, ?, ?, ?)");
      for (let row = 0; row < rows; row++) insert.run(row, row % 62_000, 3.5, 1e9 + row);
      database.exec("commit");
      database.close();
    });
    return figuresOf(measured);
  });
}

/** One import into a new data dir, of which the time between two moments counts; it is cancelled at the later one. */
async function importUpTo(
  end: "snapshot" | "end",
  start: "start" | "snapshot" = "start",
): Promise<Measurement> {
  const { importRatings, openTamis } = await import("../../packages/storage/src/index.ts");
  const { dataDirOf } = await import("../data/imported.ts");
  const csv = await ratingsFile();
  return await inFolder("import", async () => {
    const tamis = await openTamis(dataDirOf("import"));
    const cancel = new AbortController();
    let since = clock();
    let until: ReturnType<typeof clock> | undefined;
    const importing = importRatings(tamis, csv, {
      signal: cancel.signal,
      onProgress({ phase, done, total }) {
        if (phase !== "snapshot" || done !== total) return;
        if (start === "snapshot") since = clock();
        if (end !== "snapshot") return;
        until = clock();
        cancel.abort();
      },
    });
    await importing.catch((error: unknown) => {
      if (until === undefined) throw error; // else it was cancelled
    });
    until ??= clock();
    await tamis.close();
    return { seconds: until.seconds - since.seconds, cpu_seconds: until.cpu_seconds - since.cpu_seconds };
  });
}

function clock() {
  const { user, system } = process.cpuUsage();
  return { seconds: performance.now() / 1000, cpu_seconds: (user + system) / 1e6 };
}

async function readArrays(): Promise<Measurement> {
  const { openTamis, readSnapshot } = await import("../../packages/storage/src/index.ts");
  const { importedDataDir } = await import("../data/imported.ts");
  const tamis = await openTamis(await importedDataDir(rows));
  const measured = await measure(1, () => readSnapshot(tamis, "current"));
  await tamis.close();
  return figuresOf(measured);
}

async function ratingsFile(): Promise<string> {
  return join(await generateMovielens(rows), "ratings.csv");
}

/** Runs `work` with a new folder among those of the benchmarks, which goes afterwards. */
async function inFolder(name: string, work: (folder: string) => Promise<Measurement>): Promise<Measurement> {
  const { dataDirOf } = await import("../data/imported.ts");
  const folder = dataDirOf(name).dataDir;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function figuresOf({ seconds, cpu_seconds }: Awaited<ReturnType<typeof measure>>): Measurement {
  return { seconds, cpu_seconds, figures: { million_rows_a_second: rows / seconds / 1e6 } };
}
