import type { RatingTable, Warehouse, WarehouseColumn } from "@tamis/core";
import { dictionary } from "./dictionary.ts";
import type { SnapshotManifest } from "./manifest.ts";

/**
 * Reads the ratings of a snapshot's Parquet file into typed arrays, in its order: chunk by chunk, without an
 * object or a boxed value a row.
 *
 * @returns a table of the rows that were found, at most those the manifest promises.
 */
export async function readRatings(
  warehouse: Warehouse,
  path: string,
  { rows, users, items, scale }: SnapshotManifest,
): Promise<RatingTable> {
  const userIds = dictionary(users);
  const itemIds = dictionary(items);
  const [userCodes, itemCodes] = [new Int32Array(rows), new Int32Array(rows)];
  const [ratings, ratedAt] = [new Float64Array(rows), new Float64Array(rows)];
  const described = await warehouse.query<{ column_name: string; column_type: string }>(
    "DESCRIBE SELECT user_id, item_id FROM read_parquet($path)",
    { path },
  );
  // Ids are below 2^53, so a double holds them, and unlike a 64-bit integer it is no BigInt here.
  const ids = described.map(({ column_name, column_type }) =>
    column_type === "BIGINT" ? `CAST(${column_name} AS DOUBLE)` : column_name,
  );
  const select = `SELECT ${ids.join(", ")}, rating, coalesce(CAST(rated_at AS DOUBLE), 'nan'::DOUBLE)
    FROM read_parquet($path)`;
  let row = 0;
  let timed = false;
  for await (const { rows: found, columns } of warehouse.columns(select, { path })) {
    const count = Math.min(found, rows - row);
    const [user, item] = columns as [WarehouseColumn, WarehouseColumn];
    const [rating, time] = columns.slice(2) as [Float64Array, Float64Array];
    encode(user, userIds, userCodes, row, count);
    encode(item, itemIds, itemCodes, row, count);
    ratings.set(rating.subarray(0, count), row);
    ratedAt.set(time.subarray(0, count), row);
    for (let index = 0; index < count && !timed; index++) timed = !Number.isNaN(time[index]);
    row += count;
    if (count < found) break;
  }
  return {
    length: row,
    users: { ids: userIds.ids, codes: userCodes },
    items: { ids: itemIds.ids, codes: itemCodes },
    ratings,
    ratedAt: timed ? ratedAt : null,
    scale,
  };
}

function encode(
  ids: WarehouseColumn,
  { code }: ReturnType<typeof dictionary>,
  codes: Int32Array,
  from: number,
  count: number,
): void {
  for (let index = 0; index < count; index++) codes[from + index] = code(ids[index] as number | string);
}
