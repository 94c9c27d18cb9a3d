import type { DuckDBDataChunk, DuckDBResult, DuckDBValueConverter, JS } from "@duckdb/node-api";
import type { Warehouse, WarehouseChunk, WarehouseColumn, WarehouseParameters } from "@tamis/core";
import { type Duckdb, type DuckdbOptions, duckdbError, openDuckdb } from "./open-duckdb.ts";

/**
 * The warehouse on DuckDB, in this process. It is opened on first use; nothing is kept when it is closed.
 *
 * @example
 * const warehouse = duckdbWarehouse({ dataDir: "./tamis-data" });
 * await warehouse.query("SELECT count(*) AS rows FROM read_parquet($file)", { file });
 */
export function duckdbWarehouse(options: DuckdbOptions): Warehouse {
  let opening: Promise<Duckdb> | undefined;
  const open = () => {
    opening ??= openDuckdb(options).catch((error) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };

  return {
    async query<Row>(sql: string, parameters?: WarehouseParameters): Promise<Row[]> {
      const { connection } = await open();
      try {
        const reader = await connection.runAndReadAll(sql, { ...parameters });
        return reader.getRowObjectsJS().map((row) => plain(row) as Row);
      } catch (cause) {
        throw duckdbError(cause, sql);
      }
    },
    async *columns(sql, parameters) {
      const { driver, connect } = await open();
      const connection = await connect();
      try {
        yield* warehouseChunks(await connection.stream(sql, { ...parameters }), driver);
      } catch (cause) {
        throw duckdbError(cause, sql);
      } finally {
        connection.closeSync();
      }
    },
    async close() {
      const open = opening;
      opening = undefined;
      (await open?.catch(() => undefined))?.close();
    },
  };
}

/** The chunks of a result; each holds until the next is asked for. One is fetched while another is worked on. */
export async function* warehouseChunks(
  result: DuckDBResult,
  driver: Duckdb["driver"],
): AsyncGenerator<WarehouseChunk> {
  let fetching = result.fetchChunk();
  try {
    for (;;) {
      const chunk = await fetching;
      if (!chunk || chunk.rowCount === 0) return;
      fetching = result.fetchChunk();
      fetching.catch(() => {}); // thrown when it is its turn
      yield warehouseChunk(chunk, driver.JSDuckDBValueConverter);
    }
  } finally {
    // The connection cannot be closed under it.
    await fetching.catch(() => {});
  }
}

const typedColumns = new Set(["INTEGER", "BIGINT", "DOUBLE"]);

function warehouseChunk(chunk: DuckDBDataChunk, converter: DuckDBValueConverter<JS>): WarehouseChunk {
  const vectors = Array.from({ length: chunk.columnCount }, (_, column) => chunk.getColumnVector(column));
  const columns = vectors.map((vector, column) =>
    typedColumns.has(String(vector.type))
      ? (vector as unknown as { items: Int32Array | BigInt64Array | Float64Array }).items
      : (chunk.convertColumnValues(column, converter).map(plain) as WarehouseColumn),
  );
  return { rows: chunk.rowCount, columns, isNull: (column, row) => vectors[column]!.getItem(row) === null };
}

/** A driver's value as the port promises it: 64-bit integers are numbers when they fit. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object" || value instanceof Date || value instanceof Uint8Array) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
