import { setImmediate as nextTurn } from "node:timers/promises";
import { type OnProgress, throwIfAborted } from "@tamis/core";
import { type Selectable, sql } from "kysely";
import { bulkInsert } from "./bulk-insert.ts";
import { copyRatings } from "./copy-ratings.ts";
import { engineOf } from "./engine.ts";
import type { RatingBatch } from "./rating-batch.ts";
import { addRating, addTotals, type Totals, writeTotals } from "./rating-totals.ts";
import type { Records, Schema } from "./schema.ts";
import { writeTransaction } from "./write-transaction.ts";

/**
 * Ratings in a SQLite file, which the transaction must have attached. Table `ratings (item_id, rating, rated_at)` has
 * them user by user, table `runs (user_id, first, last)`, in the order of the users, which of its rows are whose.
 */
export interface StagedRatings {
  readonly path: string;
  /** Runs to be loaded one after the other: from this one to that one, so many ratings. */
  readonly runs: readonly (readonly [first: number, last: number, ratings: number])[];
  readonly totals: Totals;
}

export interface ReplaceRatingsOptions {
  /** Number of rows that will come, for the progress. */
  readonly total?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Makes these the imported ratings: the rows of former imports go, the given ones come, in one transaction (or in
 * the one that is passed), so that `kill -9` at any point leaves the former state. Ratings with source `api` or
 * `synthetic` stay as they are, also where the import has the same pair. Every user and item that is rated gets
 * its row (an item that has none is titled by its id), and the totals of both are counted anew.
 *
 * The event loop goes on turning. On PostgreSQL rows go in by COPY, on SQLite by the thousand. Rows that come in
 * the order of the primary key, as text, go into SQLite twice as fast as others; fastest are those that `stageRatings`
 * has put into a file, which the transaction must have attached.
 *
 * @returns the number of rows that were given.
 * @throws conflict when a pair comes twice; invalid_input for a rating that is not a finite number
 * @throws aborted, no_space: the former state stays
 */
export async function replaceImportedRatings(
  records: Records,
  ratings: AsyncIterable<RatingBatch> | Iterable<RatingBatch> | StagedRatings,
  options: ReplaceRatingsOptions = {},
): Promise<{ readonly rows: number }> {
  return await writeTransaction(records, async (transaction) => {
    let rows = 0;
    const onRows = (more: number) => {
      rows += more;
      const { total } = options;
      options.onProgress?.({
        phase: "records",
        done: rows,
        unit: "rows",
        ...(total === undefined ? {} : { total }),
      });
    };
    const work = { signal: options.signal, onRows };
    const totals = "path" in ratings ? ratings.totals : { users: new Map(), items: new Map() };
    if ("path" in ratings) await insertStaged(transaction, ratings, work);
    else await (engineOf(transaction).copy ? copyRatings : insertRatings)(transaction, ratings, totals, work);
    await writeTotals(transaction, totals);
    throwIfAborted(options.signal);
    return { rows };
  });
}

interface Work {
  readonly signal?: AbortSignal | undefined;
  onRows(rows: number): void;
}

async function insertStaged(
  records: Records,
  { runs, totals }: StagedRatings,
  { signal, onRows }: Work,
): Promise<void> {
  const kept = await notImported(records);
  // Without a condition SQLite drops all pages at once, whatever their number.
  await records.deleteFrom("ratings").execute();
  for (const [first, last, ratings] of runs) {
    throwIfAborted(signal);
    await sql`insert into ratings (user_id, item_id, rating, rated_at)
      select user_id, item_id, rating, rated_at
      from staged.runs cross join staged.ratings as rated on rated.rowid between runs.first and runs.last
      where runs.rowid between ${first} and ${last}`.execute(records);
    onRows(ratings);
    await nextTurn();
  }
  await putBack(records, kept, totals);
}

async function insertRatings(
  records: Records,
  batches: AsyncIterable<RatingBatch> | Iterable<RatingBatch>,
  totals: Totals,
  { signal, onRows }: Work,
): Promise<void> {
  const kept = await notImported(records);
  await records.deleteFrom("ratings").execute();
  const insert = bulkInsert(records, {
    into: "ratings",
    columns: ["user_id", "item_id", "rating", "rated_at"],
  });
  for await (const batch of batches) {
    for (let start = 0; start < batch.length; start += turnLength) {
      throwIfAborted(signal);
      const end = Math.min(start + turnLength, batch.length);
      await insert(rowValues(batch, start, end));
      addTotals(totals, batch, start, end);
      await nextTurn();
    }
    onRows(batch.length);
  }
  await putBack(records, kept, totals);
}

type RatingRow = Selectable<Schema["ratings"]>;

function notImported(records: Records): Promise<RatingRow[]> {
  return records.selectFrom("ratings").selectAll().where("source", "<>", sql.lit("import")).execute();
}

/** Rows between two turns of the event loop: those of one statement, some 2 ms. */
const turnLength = 1024;

function rowValues(batch: RatingBatch, start: number, end: number): unknown[] {
  const values = new Array<unknown>((end - start) * 4);
  for (let row = start, at = 0; row < end; row++) {
    const ratedAt = batch.ratedAt[row]!;
    values[at++] = batch.userIds[row];
    values[at++] = batch.itemIds[row];
    values[at++] = batch.ratings[row];
    values[at++] = Number.isNaN(ratedAt) ? null : ratedAt;
  }
  return values;
}

/** Writes the rows that an import must not touch over those that it brought, and corrects the totals. */
async function putBack(records: Records, kept: readonly RatingRow[], totals: Totals): Promise<void> {
  for (const row of kept) {
    const imported = await records
      .selectFrom("ratings")
      .select("rating")
      .where("user_id", "=", row.user_id)
      .where("item_id", "=", row.item_id)
      .executeTakeFirst();
    if (imported) addRating(totals, row.user_id, row.item_id, -1, -imported.rating);
    if (row.source !== "synthetic") addRating(totals, row.user_id, row.item_id, 1, row.rating);
  }
  const columns = ["user_id", "item_id", "rating", "rated_at", "source"] as const;
  const onConflict =
    "(user_id, item_id) do update set rating = excluded.rating, rated_at = excluded.rated_at, source = excluded.source";
  const insert = bulkInsert(records, { into: "ratings", columns, onConflict });
  await insert(kept.flatMap((row) => columns.map((column) => row[column])));
}
