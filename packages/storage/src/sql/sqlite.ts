import { dirname, resolve } from "node:path";
import { TamisError } from "@tamis/core";
import type Sqlite from "better-sqlite3";
import { type Dialect, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from "kysely";
import { makeFolder } from "../objects/make-folder.ts";
import { isBusy, sqliteError } from "./driver-errors.ts";
import type { Engine, EngineAdapter } from "./engine.ts";
import type { Records, Schema } from "./schema.ts";
import { sqliteBackups } from "./sqlite-backups.ts";
import { booleanType, sqliteDriver } from "./sqlite-driver.ts";
import { whileBusy } from "./while-busy.ts";

type SqliteClass = typeof Sqlite;

/**
 * Opens records on a SQLite file; it is made when absent, and so is its folder.
 *
 * @throws configuration without better-sqlite3, or when the file cannot be opened; corrupt_data when it is not
 * a SQLite database
 */
export async function sqliteRecords(options: { readonly path: string }): Promise<Records> {
  const path = resolve(options.path);
  const Database = await loadBetterSqlite();
  await makeFolder(dirname(path));
  const database = await connect(Database, path);
  return recordsOn(database, sqliteEngine(Database, path));
}

function recordsOn(database: Sqlite.Database, engine: Engine): Records {
  const adapter: EngineAdapter = Object.assign(new SqliteAdapter(), { engine });
  const dialect: Dialect = {
    createDriver: () => sqliteDriver(database),
    createAdapter: () => adapter,
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
  return new Kysely<Schema>({ dialect });
}

function sqliteEngine(Database: SqliteClass, path: string): Engine {
  const engine: Engine = {
    maxParameters: 32_766,
    columnTypes: {
      text: "text",
      float: "real",
      integer: "integer",
      // SQLite has no booleans: a whole number, of a name that nothing else has, by which the driver knows them.
      boolean: booleanType,
      instant: "text",
      generatedKey: "integer",
    },
    // STRICT: a text in a number column is refused, as other engines do.
    tableOptions: { plain: "strict", clustered: "strict, without rowid" },
    clock: "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
    likeAnyCase: "like",
    elementsOf: (column) => `json_each(${column})`,
    fieldOf: (column, name) =>
      sql`(select cast(value as text) from json_each(${sql.ref(column)}) where key = ${name})`,
    placeholder: () => "?",
    tryLock: (name) => lockFile(Database, `${path}.${name}.lock`),
    async openWriter(attached) {
      const writer = await connect(Database, path);
      if (attached !== undefined) writer.prepare("attach ? as staged").run(attached);
      // A long transaction touches many pages: keep them in memory until it commits.
      writer.pragma("cache_size = -262144");
      return recordsOn(writer, engine);
    },
    backups: sqliteBackups((file, options) => new Database(file, { timeout: 0, ...options }), path),
    pathOfBackup: (stamp) => `${path}.${stamp}.backup`,
  };
  return engine;
}

async function connect(Database: SqliteClass, path: string): Promise<Sqlite.Database> {
  let database: Sqlite.Database | undefined;
  try {
    database = new Database(path, { timeout: 0 });
    const opened = database;
    // Two processes that create a database at once meet at this step.
    await whileBusy(() => opened.pragma("journal_mode = WAL"));
    database.pragma("synchronous = NORMAL");
    database.pragma("foreign_keys = ON");
    database.pragma("journal_size_limit = 67108864");
    return database;
  } catch (error) {
    database?.close();
    throw sqliteError(error, path);
  }
}

/** An exclusive transaction on a side-car file: SQLite's file locks are freed by the system at `kill -9`. */
async function lockFile(Database: SqliteClass, path: string): Promise<(() => Promise<void>) | undefined> {
  let lock: Sqlite.Database | undefined;
  try {
    lock = new Database(path, { timeout: 0 });
    lock.exec("begin exclusive");
  } catch (error) {
    lock?.close();
    if (isBusy(error)) return undefined;
    throw sqliteError(error, path);
  }
  const held = lock;
  return async () => {
    held.close();
  };
}

/** The driver has a compiled part that is loaded with its first database: a failure of either is found here. */
async function loadBetterSqlite(): Promise<SqliteClass> {
  try {
    const { default: Database } = await import("better-sqlite3");
    new Database(":memory:").close();
    return Database;
  } catch (error) {
    throw new TamisError(
      "configuration",
      "SQLite records need the package better-sqlite3, compiled for this Node. Install it with: npm install better-sqlite3@12 (if it is installed: npm rebuild better-sqlite3)",
      { cause: error },
    );
  }
}
