import { once } from "node:events";
import type pg from "pg";
import copyStreams from "pg-copy-streams";

/** Ratings by number of row, from 0; users and items are places in `users` and `items`. */
export interface PlainRatings {
  readonly rows: number;
  readonly users: readonly string[];
  readonly items: readonly string[];
  userOf(row: number): number;
  itemOf(row: number): number;
  ratingOf(row: number): number;
  ratedAtOf(row: number): number;
}

/**
 * The least that a COPY of ratings can do: into an empty table `(user_id text, item_id text, rating double precision,
 * rated_at bigint)`, in the transaction that truncated it, its rows made on the way.
 */
export async function plainBinaryCopy(
  client: pg.Client,
  table: string,
  ratings: PlainRatings,
): Promise<void> {
  await client.query("begin");
  await client.query(`truncate ${table}`);
  const stream = client.query(copyStreams.from(`copy ${table} from stdin (format binary, freeze)`));
  stream.write(Buffer.concat([Buffer.from("PGCOPY\n\xff\r\n\0", "latin1"), Buffer.alloc(8)]));
  for (let row = 0; row < ratings.rows; ) {
    const bytes = Buffer.allocUnsafeSlow(1 << 20);
    const view = new DataView(bytes.buffer);
    let at = 0;
    for (; row < ratings.rows && at < bytes.length - 100; row++) {
      view.setInt16(at, 4);
      for (const id of [ratings.users[ratings.userOf(row)]!, ratings.items[ratings.itemOf(row)]!]) {
        for (let index = 0; index < id.length; index++) bytes[at + 6 + index] = id.charCodeAt(index);
        view.setInt32(at + 2, id.length);
        at += 4 + id.length;
      }
      view.setInt32(at + 2, 8);
      view.setFloat64(at + 6, ratings.ratingOf(row));
      view.setInt32(at + 14, 8);
      view.setBigInt64(at + 18, BigInt(ratings.ratedAtOf(row)));
      at += 26;
    }
    if (!stream.write(bytes.subarray(0, at))) await once(stream, "drain");
  }
  stream.end(Buffer.from([0xff, 0xff]));
  await once(stream, "finish");
  await client.query("commit");
}
