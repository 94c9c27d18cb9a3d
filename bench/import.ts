/**
 * How fast a ratings file comes in, step by step, beside a bare DuckDB COPY of the same CSV.
 *
 *     node --conditions=@tamis/source --import tsx bench/import.ts [rows = 2000000]
 */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { createRandom, type Progress } from "@tamis/core";
import { duckdbWarehouse, importRatings, openTamis, readSnapshot } from "../packages/storage/src/index.ts";
import { localFile } from "../packages/storage/src/load/local-file.ts";
import { detectRatingsFile } from "../packages/storage/src/load/ratings-file.ts";

const rows = Number(process.argv[2] ?? 2_000_000);
const folder = await mkdtemp(join(tmpdir(), "tamis-bench-"));
const print = (text: string) => process.stdout.write(`${text}\n`);
const report = (what: string, seconds: number) =>
  print(
    `${what.padEnd(34)} ${seconds.toFixed(2).padStart(7)} s ${(rows / seconds / 1e6).toFixed(2).padStart(7)} M rows/s`,
  );

async function timed<T>(what: string, work: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  report(what, seconds);
  return [result, seconds];
}

try {
  const csv = join(folder, "ratings.csv");
  await generate(csv);
  print(`${rows} rows, ${((await stat(csv)).size / 1e6).toFixed(0)} MB`);
  const warehouse = duckdbWarehouse({ dataDir: folder });
  const out = join(folder, "bare.parquet");
  const copy = `COPY (SELECT * FROM read_csv('${csv}', header = true,
    columns = {'userId': 'BIGINT', 'movieId': 'BIGINT', 'rating': 'DOUBLE', 'timestamp': 'BIGINT'}))
    TO '${out}' (FORMAT parquet, COMPRESSION zstd)`;
  const [, bare] = await timed("bare DuckDB COPY, all cores", () => warehouse.query(copy));
  const file = await detectRatingsFile(await localFile(csv), warehouse);
  const cpu = process.cpuUsage();
  let read = 0;
  const handlers = {
    onBatch: (batch: { length: number }) => {
      read += batch.length;
    },
    onReject: () => {},
  };
  await timed("reader into typed arrays, 1 core", () => file.read({ min: 0.5, max: 5 }, handlers));
  report("  the same in CPU time", process.cpuUsage(cpu).user / 1e6);
  if (read !== rows) throw new Error(`read ${read} rows of ${rows}`);
  await warehouse.close();

  const dataDir = join(folder, "data");
  const tamis = await openTamis({
    dataDir,
    records: `sqlite:${dataDir}/tamis.db`,
    objects: `file:${dataDir}/lake`,
  });
  const phases = new Map<string, number>();
  let [phase, since] = ["digest", performance.now()];
  const onProgress = (progress: Progress) => {
    if (progress.phase === phase) return;
    phases.set(phase, (performance.now() - since) / 1000);
    [phase, since] = [progress.phase, performance.now()];
  };
  const [, whole] = await timed("import, all of it", () => importRatings(tamis, csv, { onProgress }));
  phases.set(phase, (performance.now() - since) / 1000);
  for (const [name, seconds] of phases) report(`  ${name}`, seconds);
  const toSnapshot = whole - (phases.get("serving") ?? 0);
  print(
    `to the snapshot: ${(toSnapshot / bare).toFixed(1)} times the bare COPY; all: ${(whole / bare).toFixed(1)} times`,
  );
  await timed("readSnapshot into a rating table", () => readSnapshot(tamis, "current"));
  await tamis.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** MovieLens-shaped: users in blocks, films by popularity, half stars, times without order. */
async function generate(path: string): Promise<void> {
  const random = createRandom(42);
  const file = createWriteStream(path);
  file.write("userId,movieId,rating,timestamp\n");
  let lines: string[] = [];
  for (let row = 0; row < rows; row++) {
    const user = Math.floor(row / 144) + 1;
    const film = ((row % 144) * 431 + Math.floor(random.uniform() ** 3 * 430)) % 62_000;
    lines.push(`${user},${film},${(1 + random.integer(10)) / 2},${789_652_009 + random.integer(7e8)}\n`);
    if (lines.length === 20_000 || row + 1 === rows) {
      if (!file.write(lines.join(""))) await once(file, "drain");
      lines = [];
    }
  }
  file.end();
  await finished(file);
}
