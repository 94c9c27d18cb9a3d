import { rmSync } from "node:fs";
import { join } from "node:path";
import { throwIfAborted, type WarehouseChunk } from "@tamis/core";
import type { RatingHandlers } from "../load/rating-batch.ts";
import { warehouseChunks } from "../warehouse/duckdb.ts";
import { duckdbError, openDuckdb } from "../warehouse/open-duckdb.ts";
import { type AppendedColumn, type AppendedType, tableAppender } from "../warehouse/table-appender.ts";
import { type IdKinds, idType } from "./id-kinds.ts";
import type { StageCounts } from "./pair-watch.ts";
import { openStageAppenders, type RatingSurvey } from "./stage-appenders.ts";

/**
 * The workbench of one import: its rows in DuckDB, in the order of the file, spilling to a scratch folder that
 * goes with it.
 *
 * Tables: `rows (user_id, item_id, rating, rated_at)`, with `NaN` for no time, whose `rowid` counts from 0;
 * `line_runs (first_row, first_line)`: from that row on, up to the next run, each is on the line after the row
 * before; `rejects (source, line, reason, detail, raw)`.
 */
export interface RatingStage {
  /** Where readers hand their rows; an id that does not fit its column throws `widerIdMet`. */
  readonly handlers: RatingHandlers;
  /** Lets a reader hand over many rows: quicker than without. */
  fill(read: (handlers: RatingHandlers) => Promise<void>): Promise<void>;
  readonly kinds: IdKinds;
  /** Rows of the former snapshot, which come first in `rows`. */
  readonly formerRows: number;
  /** The kinds that the ids seen so far ask for. */
  kindsMet(): IdKinds;
  /** The ratings handed to the stage. */
  survey(): RatingSurvey;
  /** True when some pair of user and item may have come twice; false is certain. */
  mayRepeat(): boolean;
  /** Makes appended rows visible to SQL. */
  flush(): Promise<void>;
  run(sql: string): Promise<void>;
  /** Makes a table and fills it. */
  createTable(name: string, columns: Readonly<Record<string, StagedColumn>>): Promise<void>;
  query<Row>(sql: string): Promise<Row[]>;
  columns(sql: string): AsyncIterable<WarehouseChunk>;
  count(): Promise<StageCounts>;
  /**
   * Writes the rows of a SELECT to a Parquet file in the scratch folder. From one table without a join or an
   * order, the same rows give the same bytes, whatever the number of threads.
   */
  writeParquet(select: string, name: string): Promise<string>;
  /** Where a file of this name would be in the scratch folder. */
  pathOf(name: string): string;
  close(): void;
}

/** A column given whole, with its type. */
interface StagedColumn {
  readonly type: AppendedType;
  readonly values: AppendedColumn;
}

export interface StageOptions {
  readonly dataDir: string;
  readonly kinds: IdKinds;
  /** Rows of a former snapshot that will be put into `rows` before any is handed to the stage. @default 0 */
  readonly formerRows?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What DuckDB may hold of an import in memory; the rest is on the disk. 20 million ratings fit. */
const memoryLimit = "1GB";

/** Opens an empty stage. */
export async function openStage({
  dataDir,
  kinds,
  formerRows = 0,
  signal,
}: StageOptions): Promise<RatingStage> {
  const duckdb = await openDuckdb({ dataDir, memoryLimit });
  const { connection, scratch } = duckdb;
  const interrupt = () => connection.interrupt();
  signal?.addEventListener("abort", interrupt);

  async function guarded<T>(sql: string, work: () => Promise<T>): Promise<T> {
    throwIfAborted(signal);
    try {
      return await work();
    } catch (cause) {
      throwIfAborted(signal);
      throw duckdbError(cause, sql);
    }
  }
  const pathOf = (name: string) => join(scratch, name);
  const query = <Row>(sql: string) =>
    guarded(sql, async () => (await connection.runAndReadAll(sql)).getRowObjectsJS() as Row[]);
  const run = (sql: string) => guarded(sql, async () => void (await connection.run(sql)));

  await run(`CREATE TABLE rows (user_id ${idType(kinds.user)}, item_id ${idType(kinds.item)},
    rating DOUBLE, rated_at DOUBLE)`);
  await run("CREATE TABLE line_runs (first_row DOUBLE, first_line INTEGER)");
  await run(
    "CREATE TABLE rejects (source VARCHAR, line INTEGER, reason VARCHAR, detail VARCHAR, raw VARCHAR)",
  );
  const appenders = await openStageAppenders(duckdb, kinds, formerRows);

  return {
    handlers: appenders.handlers,
    async fill(read) {
      // With more, DuckDB appends in a thread of its own while this one waits spinning: one too many beside the reader's.
      await run("SET threads = 1");
      await read(appenders.handlers);
      await run("RESET threads");
    },
    kinds,
    formerRows,
    kindsMet: appenders.kindsMet,
    survey: appenders.survey,
    mayRepeat: () => appenders.counts() === undefined,
    flush: appenders.flush,
    run,
    async createTable(name, columns) {
      const entries = Object.entries(columns);
      await run(
        `CREATE TABLE ${name} (${entries.map(([column, { type }]) => `${column} ${type}`).join(", ")})`,
      );
      const appender = await tableAppender(
        duckdb,
        name,
        entries.map(([, { type }]) => type),
      );
      const values = entries.map(([, column]) => column.values);
      appender.append(values, values[0]?.length ?? 0);
      appender.close();
    },
    query,
    async count() {
      const known = appenders.counts();
      if (known) return known;
      const [counted] = await query<Record<keyof StageCounts, bigint>>(
        "SELECT count(*) AS rows, count(DISTINCT user_id) AS users, count(DISTINCT item_id) AS items FROM rows",
      );
      const { rows, users, items } = counted!;
      return { rows: Number(rows), users: Number(users), items: Number(items) };
    },
    async *columns(sql) {
      const own = await duckdb.connect();
      try {
        yield* warehouseChunks(await own.stream(sql), duckdb.driver);
      } catch (cause) {
        throw duckdbError(cause, sql);
      } finally {
        own.closeSync();
      }
    },
    async writeParquet(select, name) {
      const path = pathOf(name);
      const quoted = path.replaceAll("'", "''");
      // Groups of a fixed size, so that the bytes depend on nothing but the rows; higher levels are slower, not smaller.
      await run(
        `COPY (${select}) TO '${quoted}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880)`,
      );
      return path;
    },
    pathOf,
    close() {
      signal?.removeEventListener("abort", interrupt);
      appenders.abandon();
      duckdb.close();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}
