/**
 * How fast 20 million ratings come in, beside what DuckDB and SQLite do with the same rows and nothing else; every ratio
 * is of this run. The six files of MovieLens 20M are generated once and kept (see generate-movielens.ts).
 *
 *     node --conditions=@tamis/source --import tsx bench/storage/lake.ts [rows = 20000263] [--six]
 *
 * `--six` imports all six files instead of the ratings alone.
 */
import { mkdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Progress } from "@tamis/core";
import {
  duckdbWarehouse,
  importMovielens,
  importRatings,
  openTamis,
  readSnapshot,
} from "../../packages/storage/src/index.ts";
import { benchFolder, generateMovielens } from "../data/generate-movielens.ts";

const six = process.argv.includes("--six");
const rows = Number(process.argv[2]?.match(/^\d+$/)?.[0] ?? 20_000_263);
const movielens = await generateMovielens(rows);
const csv = join(movielens, "ratings.csv");
const dataDir = join(benchFolder, "data");
await rm(dataDir, { recursive: true, force: true });
await mkdir(dataDir, { recursive: true });
try {
  const bareCopy = await timed("bare DuckDB COPY of the ratings", bareDuckdb);
  const bareInsert = await timed("bare SQLite inserts of as many rows", bareSqlite);
  const tamis = await openTamis({
    dataDir,
    records: `sqlite:${join(dataDir, "tamis.db")}`,
    objects: `file:${join(dataDir, "lake")}`,
  });
  const phases = phaseClock();
  const { onProgress } = phases;
  const whole = await timed(six ? "import of all six files" : "import of the ratings", () =>
    six ? importMovielens(tamis, movielens, { onProgress }) : importRatings(tamis, csv, { onProgress }),
  );
  for (const [phase, { seconds, highest }] of phases.end()) {
    print(`  ${phase}`, seconds, `at most ${megabytes(highest)} so far`);
  }
  const serving = phases.end().get("serving")!.seconds;
  const read = await timed("readSnapshot into typed arrays", () => readSnapshot(tamis, "current"));
  await tamis.close();
  say(`CSV -> snapshot: ${((whole - serving) / bareCopy).toFixed(2)} times the bare COPY`);
  say(`snapshot -> SQLite: ${(bareInsert / serving).toFixed(2)} of the bare rate`);
  say(`CSV -> SQLite: ${(bareInsert / whole).toFixed(2)} of the bare rate, ${perSecond(whole)}`);
  say(`snapshot -> typed arrays: ${read.toFixed(2)} s; most memory ${megabytes(peak())}`);
} finally {
  await rm(dataDir, { recursive: true, force: true });
}

async function bareDuckdb(): Promise<void> {
  const warehouse = duckdbWarehouse({ dataDir });
  await warehouse.query(`COPY (SELECT * FROM read_csv('${csv}', header = true,
    columns = {'userId': 'BIGINT', 'movieId': 'BIGINT', 'rating': 'DOUBLE', 'timestamp': 'BIGINT'}))
    TO '${join(dataDir, "bare.parquet")}' (FORMAT parquet, COMPRESSION zstd)`);
  await warehouse.close();
}

/** What is used of better-sqlite3, which is a dependency of the package, not of the benchmarks. */
interface Bare {
  pragma(text: string): void;
  exec(text: string): void;
  prepare(text: string): { run(...values: number[]): void };
  close(): void;
}

/** Four numbers a row, one prepared statement, one transaction, no key: what SQLite can do at the most. */
async function bareSqlite(): Promise<void> {
  const require = createRequire(new URL("../../packages/storage/package.json", import.meta.url));
  const Database: new (path: string) => Bare = require("better-sqlite3");
  const database = new Database(join(dataDir, "bare.db"));
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  database.exec("create table r (u integer, m integer, s real, t integer); begin");
  const insert = database.prepare("insert into r values (?, ?, ?, ?)");
  for (let row = 0; row < rows; row++) insert.run(row, row % 62_000, 3.5, 1e9 + row);
  database.exec("commit");
  database.close();
  await rm(join(dataDir, "bare.db"));
}

/** The seconds of each phase of the progress, and the most memory up to its end. */
function phaseClock() {
  const phases = new Map<string, { seconds: number; highest: number }>();
  let [phase, since] = ["landing", performance.now()];
  const end = () => phases.set(phase, { seconds: (performance.now() - since) / 1000, highest: peak() });
  let ended = false;
  return {
    onProgress(progress: Progress) {
      if (progress.phase === phase) return;
      end();
      [phase, since] = [progress.phase, performance.now()];
    },
    end() {
      if (!ended) end();
      ended = true;
      return phases;
    },
  };
}

async function timed(what: string, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  print(what, seconds, perSecond(seconds));
  return seconds;
}

function peak(): number {
  return process.resourceUsage().maxRSS * 1024;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

function perSecond(seconds: number): string {
  return `${(rows / seconds / 1e6).toFixed(2)} M rows/s`;
}

function print(what: string, seconds: number, remark: string): void {
  say(`${what.padEnd(38)} ${seconds.toFixed(2).padStart(7)} s  ${remark}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
