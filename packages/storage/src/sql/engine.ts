import type { OnProgress } from "@tamis/core";
import type { DialectAdapter, RawBuilder } from "kysely";
import type { Records } from "./schema.ts";

/**
 * What differs between the engines of the records, declared once by each. Query modules ask here, never for the
 * engine's name.
 */
export interface Engine {
  /** Most parameters one statement may bind. */
  readonly maxParameters: number;
  /** What the column types of the schema are called. `integer` holds whole numbers up to 2^53. */
  readonly columnTypes: Readonly<
    Record<"text" | "float" | "integer" | "boolean" | "instant" | "generatedKey", string>
  >;
  /** SQL at the end of a CREATE TABLE; `clustered`: rows lie in the order of the primary key. */
  readonly tableOptions: Readonly<Record<"plain" | "clustered", string>>;
  /** SQL for the present instant by the engine's own clock, in the form of an `instant` column. */
  readonly clock: string;
  /** SQL for the schema that the tables are in; absent where a database has only one. */
  readonly ownSchema?: string;
  /** The LIKE to which upper and lower case of a-z are the same. */
  readonly likeAnyCase: "like" | "ilike";
  /** What hands waiting runs out to workers; absent where the records do it themselves. */
  readonly broker?: "pg-boss";
  /** SQL of a table with one row, column `value`, for each element of a JSON array in a text column. */
  elementsOf(column: string): string;
  /** A field of a column that holds a JSON object, as text; null where there is none. */
  fieldOf(column: string, name: string): RawBuilder<string | null>;
  /** How the `position`-th parameter (from 1) is written: `?` or `$1`. */
  placeholder(position: number): string;
  /**
   * Takes a named lock that the operating system or server frees when this process dies.
   *
   * @returns the function that frees it, or `undefined` when somebody else holds it
   */
  tryLock(name: string): Promise<(() => Promise<void>) | undefined>;
  /**
   * A second connection for a long write, so that the first goes on answering; `destroy()` closes it. Absent
   * where transactions have their own connection anyway.
   *
   * @param attached - a SQLite file that it reads besides, as the schema `staged`.
   */
  openWriter?(attached?: string): Promise<Records>;
  /** Readies a transaction for long work; absent where nothing limits it. */
  beginLongWork?(transaction: Records): Promise<void>;
  /**
   * Waits until no other transaction has taken its turn under this name, and holds it to the end of this one. Absent
   * where writing transactions come one after the other anyway.
   */
  takeTurn?(transaction: Records, name: string): Promise<void>;
  /** A statement that keeps a comment with a table or column; absent where the engine keeps none. */
  commentOn?(kind: "table" | "column", name: string, text: string): RawBuilder<unknown>;
  /**
   * Runs a `COPY … FROM STDIN` statement on a transaction with these bytes, as fast as the server takes them; absent
   * where there is no such statement.
   */
  copy?(transaction: Records, statement: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  readonly backups: EngineBackups;
  /** Where a backup before a migration lies, beside the database; absent where whoever runs the server takes it. */
  pathOfBackup?(stamp: string): string;
}

/** How the whole of the records becomes one file that the engine's own tools read, and comes back from it. */
export interface EngineBackups {
  /** What the engine is called in manifests. */
  readonly engine: string;
  /** What the file is called. */
  readonly file: string;
  /**
   * Writes the state of one moment, while others work.
   *
   * @returns its number of rows by table
   */
  write(records: Records, path: string, work: BackupWork): Promise<TableRows>;
  /**
   * Puts what such a file holds in the place of what is there, all or nothing.
   *
   * @param rows - what is then there by table; anything else undoes it, or throws corrupt_data.
   */
  read(records: Records, path: string, rows: TableRows, work: BackupWork): Promise<void>;
}

export type TableRows = Readonly<Record<string, number>>;

export interface BackupWork {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** The engine travels in Kysely's dialect adapter, which transactions share with their instance. */
export interface EngineAdapter extends DialectAdapter {
  readonly engine: Engine;
}

/** The engine that `records` was opened on. */
export function engineOf(records: Records): Engine {
  return (records.getExecutor().adapter as EngineAdapter).engine;
}
