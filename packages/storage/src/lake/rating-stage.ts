import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Reject, type RejectReason, throwIfAborted, type WarehouseChunk } from "@tamis/core";
import type { IdBatch, RatingBatch, RatingHandlers } from "../load/rating-batch.ts";
import { warehouseChunks } from "../warehouse/duckdb.ts";
import { type Duckdb, duckdbError, openDuckdb } from "../warehouse/open-duckdb.ts";
import {
  type AppendedColumn,
  type AppendedType,
  type TableAppender,
  tableAppender,
} from "../warehouse/table-appender.ts";

/** Whether all ids of a column are whole numbers (stored as BIGINT) or some are text (then all are VARCHAR). */
type IdKind = "number" | "text";

export interface IdKinds {
  readonly user: IdKind;
  readonly item: IdKind;
}

/** Thrown when a text id meets a column of numbers: the stage is to be made again, for texts. */
export const textIdMet = Symbol("a text id in a column of numbers");

/**
 * The workbench of one import: its rows in DuckDB, in the order of the file, spilling to a scratch folder that
 * goes with it.
 *
 * Tables: `rows (user_id, item_id, rating, rated_at, line)` with `NaN` for no time and line 0 for rows of the
 * snapshot that is added to; `rejects (source, line, reason, detail, raw)`.
 */
export interface RatingStage {
  /** Where readers hand their rows; text ids throw {@link textIdMet} unless the column is of texts. */
  readonly handlers: RatingHandlers;
  /** Makes appended rows visible to SQL. */
  flush(): Promise<void>;
  run(sql: string): Promise<void>;
  /** Makes a table and fills it. */
  createTable(name: string, columns: Readonly<Record<string, StagedColumn>>): Promise<void>;
  query<Row>(sql: string): Promise<Row[]>;
  columns(sql: string): AsyncIterable<WarehouseChunk>;
  /** Writes the rows of a SELECT to a Parquet file in the scratch folder: same rows, same bytes. */
  writeParquet(select: string, name: string): Promise<string>;
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
  readonly signal?: AbortSignal | undefined;
}

/** Opens an empty stage. */
export async function openStage({ dataDir, kinds, signal }: StageOptions): Promise<RatingStage> {
  const duckdb = await openDuckdb({ dataDir });
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
  const run = (sql: string) => guarded(sql, async () => void (await connection.run(sql)));

  await run(`CREATE TABLE rows (user_id ${sqlType(kinds.user)}, item_id ${sqlType(kinds.item)},
    rating DOUBLE, rated_at DOUBLE, line INTEGER)`);
  await run(
    "CREATE TABLE rejects (source VARCHAR, line INTEGER, reason VARCHAR, detail VARCHAR, raw VARCHAR)",
  );
  let appenders = await openAppenders(duckdb, kinds);

  return {
    handlers: {
      onBatch: (batch) => appenders.addBatch(batch),
      onReject: (reject) => appenders.addReject(reject),
    },
    async flush() {
      appenders.close();
      appenders = await openAppenders(duckdb, kinds);
    },
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
    query: <Row>(sql: string) =>
      guarded(sql, async () => (await connection.runAndReadAll(sql)).getRowObjectsJS() as Row[]),
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
      const path = join(scratch, name);
      const quoted = path.replaceAll("'", "''");
      // One thread and a fixed group size, so that the bytes depend on nothing but the rows.
      await run("SET threads = 1");
      await run(`COPY (${select}) TO '${quoted}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`);
      await run("RESET threads");
      return path;
    },
    close() {
      signal?.removeEventListener("abort", interrupt);
      appenders.abandon();
      duckdb.close();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

interface Appenders {
  addBatch(batch: RatingBatch): void;
  addReject(reject: Reject): void;
  close(): void;
  abandon(): void;
}

const rejectBatch = 2048;

async function openAppenders(duckdb: Duckdb, kinds: IdKinds): Promise<Appenders> {
  const rows = await tableAppender(duckdb, "rows", [
    appendedType(kinds.user),
    appendedType(kinds.item),
    "DOUBLE",
    "DOUBLE",
    "INTEGER",
  ]);
  const rejects = await tableAppender(duckdb, "rejects", [
    "VARCHAR",
    "INTEGER",
    "VARCHAR",
    "VARCHAR",
    "VARCHAR",
  ]);
  let waiting: Reject[] = [];

  function writeRejects(): void {
    appendRejects(rejects, waiting);
    waiting = [];
  }
  return {
    addBatch(batch) {
      const users = idColumn(batch.users, batch.length, kinds.user);
      const items = idColumn(batch.items, batch.length, kinds.item);
      rows.append([users, items, batch.ratings, batch.ratedAt, batch.lines], batch.length);
    },
    addReject(reject) {
      waiting.push(reject);
      if (waiting.length === rejectBatch) writeRejects();
    },
    close() {
      writeRejects();
      rows.close();
      rejects.close();
    },
    abandon() {
      for (const appender of [rows, rejects]) {
        try {
          appender.close();
        } catch {
          // What it held goes with the stage.
        }
      }
    },
  };
}

function appendRejects(appender: TableAppender, rejects: readonly Reject[]): void {
  const sources = rejects.map(({ source }) => source);
  const lines = Int32Array.from(rejects, ({ line }) => line);
  const reasons: RejectReason[] = rejects.map(({ reason }) => reason);
  const details = rejects.map(({ detail }) => detail);
  // DuckDB keeps no NUL in a text.
  const raws = rejects.map(({ raw }) => raw.replaceAll("\0", "\u2400"));
  appender.append([sources, lines, reasons, details, raws], rejects.length);
}

function idColumn({ numbers, texts }: IdBatch, length: number, kind: IdKind): Float64Array | string[] {
  if (kind === "number") {
    if (texts !== null) throw textIdMet;
    return numbers;
  }
  return Array.from({ length }, (_, row) => texts?.[row] ?? String(numbers[row]));
}

function sqlType(kind: IdKind): string {
  return kind === "number" ? "DOUBLE" : "VARCHAR";
}

function appendedType(kind: IdKind): "DOUBLE" | "VARCHAR" {
  return kind === "number" ? "DOUBLE" : "VARCHAR";
}
