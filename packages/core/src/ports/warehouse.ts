/**
 * Analytic SQL over Parquet files. It owns no data: everything in it can be rebuilt from the lake.
 */
export interface Warehouse {
  /**
   * Runs one statement and returns its rows as plain objects: numbers are numbers (64-bit ones too when they
   * fit 2^53, else `bigint`), instants are `Date`, lists are arrays, SQL NULL is `null`.
   *
   * @param parameters - bound by name (`$name`), never pasted into the text.
   * @throws database with the engine's message, naming the statement
   */
  query<Row = Record<string, unknown>>(sql: string, parameters?: WarehouseParameters): Promise<Row[]>;
  /**
   * Runs one statement and yields its numeric and text columns chunk by chunk, without an object per row.
   * Integer columns come as `Int32Array` or `BigInt64Array`, decimals as `Float64Array`, the rest as arrays.
   */
  columns(sql: string, parameters?: WarehouseParameters): AsyncIterable<WarehouseChunk>;
  close(): Promise<void>;
}

export type WarehouseParameters = Readonly<Record<string, string | number | bigint | boolean | null>>;

export interface WarehouseChunk {
  readonly rows: number;
  /** One entry a selected column, in order. A null in a typed column is reported by `isNull(column, row)`. */
  readonly columns: readonly WarehouseColumn[];
  isNull(column: number, row: number): boolean;
}

export type WarehouseColumn =
  | Int32Array
  | BigInt64Array
  | Float64Array
  | readonly (string | number | boolean | Date | null)[];
