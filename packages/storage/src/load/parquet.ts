import { maxRawLength, type Scale, TamisError, throwIfAborted, type Warehouse } from "@tamis/core";
import type { RatingHandlers } from "./rating-batch.ts";
import { findRatingColumns } from "./rating-columns.ts";
import { rawRatings } from "./raw-ratings.ts";

/** SQL for each column, in the order user, item, rating, time. */
export type ParquetLayout = readonly [string, string, string, string | null];

/**
 * Finds the columns of user, item, rating and time in a Parquet file, by name.
 *
 * @param path - a local file.
 * @throws data_load when it is no Parquet file or has no such columns; invalid_input when `asked` does not fit
 */
export async function detectParquet(
  warehouse: Warehouse,
  path: string,
  name: string,
  asked?: readonly string[],
): Promise<ParquetLayout> {
  const described = await warehouse
    .query<{ column_name: string }>("DESCRIBE SELECT * FROM read_parquet($path)", { path })
    .catch((cause) => {
      const packed = /\.(?:gz|zst)$/i.test(name);
      const hint = packed ? ": unpack it first (a Parquet file is compressed inside)" : "";
      throw new TamisError("data_load", `${name} cannot be read as Parquet${hint}.`, {
        details: { file: name },
        cause,
      });
    });
  const names = described.map((row) => row.column_name);
  const columns = findRatingColumns(names, asked ? names.length : 0, asked);
  if (!columns) {
    throw new TamisError(
      "data_load",
      `${name} has no columns for user, item and rating; it has: ${names.join(", ")}.`,
      { details: { file: name } },
    );
  }
  const sql = (index: number) => `"${names[index]!.replaceAll('"', '""')}"`;
  const time = columns.timestamp === null ? null : sql(columns.timestamp);
  return [sql(columns.user), sql(columns.item), sql(columns.rating), time];
}

/** Reads the ratings of a local Parquet file; `line` is the row number, from 1. */
export async function parquetRatings(
  warehouse: Warehouse,
  path: string,
  layout: ParquetLayout,
  source: string,
  scale: Scale,
  handlers: RatingHandlers,
  signal?: AbortSignal,
): Promise<void> {
  const columns = layout.map((column) => `coalesce(CAST(${column} AS VARCHAR), '')`).join(", ");
  const ratings = rawRatings(source, scale, handlers);
  let line = 0;
  for await (const chunk of warehouse.columns(`SELECT ${columns} FROM read_parquet($path)`, { path })) {
    throwIfAborted(signal);
    const [users, items, values, times] = chunk.columns as readonly string[][];
    for (let row = 0; row < chunk.rows; row++) {
      const raw = {
        userId: users![row]!,
        itemId: items![row]!,
        rating: values![row]!,
        ratedAt: layout[3] === null ? undefined : times![row]!,
      };
      ratings.take(raw, ++line, () => JSON.stringify(Object.values(raw)).slice(0, maxRawLength));
    }
  }
  ratings.end();
}
