/**
 * Ratings into PostgreSQL: `replaceImportedRatings` from a Parquet file beside a bare binary COPY of the same typed
 * rows with the same constraint, on a throw-away server, in one run.
 *
 * TAMIS_BENCH_ROWS (default 20000000) is the number of rows.
 */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { duckdbWarehouse, migrate, type RatingBatch, replaceImportedRatings } from "@tamis/storage";
import { postgresRecords } from "@tamis/storage/postgres";
import pg from "pg";
import copyStreams from "pg-copy-streams";
import { startThrowawayPostgres } from "../../packages/storage/src/testing/tp-debug.ts";

const rows = Number(process.env.TAMIS_BENCH_ROWS ?? 20_000_000);
const [users, items] = [Math.ceil(rows / 144), 27_278];

/** The same rows as `snapshot`: 144 a user, films spread by a prime. */
const userOf = (row: number) => Math.floor(row / 144) + 1;
const itemOf = (row: number) => ((row * 7919) % items) + 1;

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "tamis-bench-"));
  const server = await startThrowawayPostgres();
  const warehouse = duckdbWarehouse({ dataDir: folder });
  try {
    const file = join(folder, "ratings.parquet");
    await warehouse.query(`COPY (SELECT (range // 144 + 1)::BIGINT AS user_id, (range * 7919 % ${items} + 1)::BIGINT AS item_id,
      (range % 10 + 1) / 2.0 AS rating, (1000000000 + range)::BIGINT AS rated_at FROM range(${rows})) TO '${file}'`);

    const client = new pg.Client({ connectionString: server.url() });
    await client.connect();
    const bare = await timed("bare binary COPY", () => bareCopy(client));
    const key = await timed("  and its primary key", async () => {
      await client.query("set maintenance_work_mem = '256MB'");
      await client.query("alter table bare add primary key (user_id, item_id)");
    });
    await client.query("drop table bare");
    await client.query("create database tamis");
    await client.end();

    const records = await postgresRecords({ url: server.url("tamis") });
    await migrate(records);
    const load = () => replaceImportedRatings(records, snapshot());
    const empty = await timed("replaceImportedRatings, table empty", load);
    console.log(`  ratio to COPY + key: ${(empty / (bare + key)).toFixed(2)}`);
    const again = await timed("replaceImportedRatings, the same rows again", load);
    console.log(`  ratio to COPY + key: ${(again / (bare + key)).toFixed(2)}`);
    await records.destroy();

    async function* snapshot(): AsyncGenerator<RatingBatch> {
      const select = `SELECT user_id::DOUBLE, item_id::DOUBLE, rating::DOUBLE, rated_at::DOUBLE FROM read_parquet('${file}')`;
      const texts = new Map<number, string>();
      const text = (id: number) => {
        let known = texts.get(id);
        if (known === undefined) {
          known = String(id);
          texts.set(id, known);
        }
        return known;
      };
      for await (const { rows, columns } of warehouse.columns(select)) {
        const [userIds, itemIds, ratings, ratedAt] = columns as Float64Array[] as [
          Float64Array,
          Float64Array,
          Float64Array,
          Float64Array,
        ];
        yield {
          length: rows,
          userIds: Array.from(userIds, text),
          itemIds: Array.from(itemIds, text),
          ratings,
          ratedAt,
        };
      }
    }
  } finally {
    await warehouse.close();
    await server.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

async function bareCopy(client: pg.Client): Promise<void> {
  await client.query(`create table bare (user_id text collate "C" not null, item_id text collate "C" not null,
    rating double precision not null, rated_at bigint)`);
  await client.query("begin");
  await client.query("truncate bare");
  const stream = client.query(copyStreams.from("copy bare from stdin (format binary, freeze)"));
  stream.write(Buffer.concat([Buffer.from("PGCOPY\n\xff\r\n\0", "latin1"), Buffer.alloc(8)]));
  for (let row = 0; row < rows; ) {
    const bytes = Buffer.allocUnsafe(1 << 20);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    for (; row < rows && at < bytes.length - 100; row++) {
      view.setInt16(at, 4);
      for (const id of [userOf(row), itemOf(row)]) {
        const length = bytes.write(`${id}`, at + 6, "latin1");
        view.setInt32(at + 2, length);
        at += 4 + length;
      }
      view.setInt32(at + 2, 8);
      view.setFloat64(at + 6, ((row % 10) + 1) / 2);
      view.setInt32(at + 14, 8);
      view.setInt32(at + 18, 0);
      view.setInt32(at + 22, 1_000_000_000 + row);
      at += 26;
    }
    if (!stream.write(bytes.subarray(0, at))) await once(stream, "drain");
  }
  stream.end(Buffer.from([0xff, 0xff]));
  await once(stream, "finish");
  await client.query("commit");
}

async function timed(name: string, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const rss = Math.round(process.memoryUsage().rss / 2 ** 20);
  console.log(
    `${name}: ${seconds.toFixed(1)} s, ${(rows / seconds / 1e6).toFixed(2)} M rows/s, rss ${rss} MB (${users} users)`,
  );
  return seconds;
}

await main();
