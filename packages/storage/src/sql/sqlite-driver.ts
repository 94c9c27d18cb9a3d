import type { Database, Statement } from "better-sqlite3";
import { CompiledQuery, type DatabaseConnection, type Driver, type QueryResult } from "kysely";
import { sqliteError } from "./driver-errors.ts";
import { whileBusy } from "./while-busy.ts";

/** The type of columns that hold booleans: 0 and 1 in the file. */
export const booleanType = "int";

/**
 * A Kysely driver over one open better-sqlite3 database: what Kysely's own does, plus
 * - prepared statements are kept, so that a repeated statement is parsed once;
 * - booleans are bound as 0 and 1 and a `Date` as ISO 8601 text (better-sqlite3 refuses both), and what a column of
 *   booleans holds comes back as a boolean;
 * - transactions take the write lock at their start, so that none fails half-way for want of it, and wait for it
 *   without stopping the event loop;
 * - every error is a `TamisError` (see `driver-errors.ts`).
 *
 * SQLite has one connection here: queries and transactions wait for each other in order of arrival.
 */
export function sqliteDriver(database: Database): Driver {
  const connection = sqliteConnection(database);
  const turns = turnstile();
  const run = (text: string) => connection.executeQuery(CompiledQuery.raw(text)).then(() => {});
  return {
    init: async () => {},
    acquireConnection: async () => {
      await turns.enter();
      return connection;
    },
    beginTransaction: () => run("begin immediate"),
    commitTransaction: () => run("commit"),
    // A failed COMMIT or a full disk may have rolled back already; a second ROLLBACK must not hide that error.
    rollbackTransaction: async () => {
      if (database.inTransaction) await run("rollback");
    },
    releaseConnection: async () => turns.leave(),
    destroy: async () => {
      database.close();
    },
  };
}

function sqliteConnection(database: Database): DatabaseConnection {
  const statements = statementCache(database);
  return {
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      try {
        return await whileBusy(() => execute<Row>(statements.get(sql), bindable(parameters)));
      } catch (error) {
        throw sqliteError(error, database.name, sql);
      }
    },
    async *streamQuery<Row>({ sql, parameters }: CompiledQuery): AsyncGenerator<QueryResult<Row>> {
      try {
        // Not from the cache: a statement that is being read cannot run a second time.
        const prepared = prepare(database, sql);
        for (const values of prepared.statement.iterate(bindable(parameters)))
          yield { rows: [rowOf<Row>(prepared, values as unknown[])] };
      } catch (error) {
        throw sqliteError(error, database.name, sql);
      }
    },
  };
}

interface Prepared {
  /** Gives rows as arrays: its own objects take half as long again to make. */
  readonly statement: Statement<unknown[]>;
  readonly columns: readonly { readonly name: string; readonly isBoolean: boolean }[];
}

function prepare(database: Database, sql: string): Prepared {
  const statement = database.prepare<unknown[]>(sql);
  if (!statement.reader) return { statement, columns: [] };
  const columns = statement.columns().map(({ name, type }) => ({
    name,
    isBoolean: type?.toLowerCase() === booleanType,
  }));
  return { statement: statement.raw(), columns };
}

function execute<Row>(prepared: Prepared, parameters: readonly unknown[]): QueryResult<Row> {
  const { statement } = prepared;
  if (statement.reader) {
    const rows = statement.all(parameters) as unknown[][];
    return { rows: rows.map((values) => rowOf<Row>(prepared, values)) };
  }
  const { changes, lastInsertRowid } = statement.run(parameters);
  return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
}

function rowOf<Row>({ columns }: Prepared, values: readonly unknown[]): Row {
  const row: Record<string, unknown> = {};
  for (let n = 0; n < columns.length; n++) {
    const { name, isBoolean } = columns[n]!;
    const value = values[n];
    row[name] = isBoolean && value !== null ? value !== 0 : value;
  }
  return row as Row;
}

/** As many statements as a busy service repeats; the oldest unused one leaves first. */
const cachedStatements = 100;

function statementCache(database: Database): { get(sql: string): Prepared } {
  const known = new Map<string, Prepared>();
  return {
    get(sql) {
      const found = known.get(sql) ?? prepare(database, sql);
      known.delete(sql);
      // A statement that changes the schema makes the others stale; it is rare, so start over.
      if (/^\s*(create|alter|drop)\b/i.test(sql)) known.clear();
      else known.set(sql, found);
      if (known.size > cachedStatements) known.delete(known.keys().next().value as string);
      return found;
    },
  };
}

/** The parameters themselves when none needs another form: a bulk load binds thousands at a time. */
function bindable(parameters: readonly unknown[]): readonly unknown[] {
  for (const value of parameters) {
    if (typeof value === "string" || typeof value === "number") continue;
    if (typeof value === "boolean" || value === undefined || value instanceof Date)
      return parameters.map(bound);
  }
  return parameters;
}

function bound(value: unknown): unknown {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value instanceof Date) return value.toISOString();
  return value === undefined ? null : value;
}

/** One at a time, in order of arrival. */
function turnstile(): { enter(): Promise<void>; leave(): void } {
  const waiting: (() => void)[] = [];
  let taken = false;
  return {
    enter() {
      if (taken) return new Promise((resolve) => waiting.push(resolve));
      taken = true;
      return Promise.resolve();
    },
    leave() {
      const next = waiting.shift();
      if (next) next();
      else taken = false;
    },
  };
}
