import { throwIfAborted } from "@tamis/core";
import { type Selectable, sql } from "kysely";
import type { CopyBatch } from "./binary-copy.ts";
import type { RatingBatch } from "./rating-batch.ts";
import { addRating, addTotals, type Totals } from "./rating-totals.ts";
import { type CopyTarget, replaceByCopy } from "./replace-by-copy.ts";
import type { Records, Schema } from "./schema.ts";

const ratings: CopyTarget = {
  into: "ratings",
  columns: { user_id: "text", item_id: "text", rating: "float", rated_at: "integer" },
  key: ["user_id", "item_id"],
  replaced: "present.source = 'import'",
  repeated: "refused",
};

/**
 * Makes these the imported ratings by COPY, and counts their totals. Rows that no import may touch stay where they
 * are; what the import has of their pairs is left out.
 */
export async function copyRatings(
  transaction: Records,
  batches: AsyncIterable<RatingBatch> | Iterable<RatingBatch>,
  totals: Totals,
  { signal, onRows }: { readonly signal?: AbortSignal | undefined; onRows(rows: number): void },
): Promise<void> {
  await sql`lock table ratings in share row exclusive mode`.execute(transaction);
  const kept = await notImported(transaction);
  async function* counted(): AsyncGenerator<CopyBatch> {
    for await (const batch of batches) {
      throwIfAborted(signal);
      const { length, userIds, itemIds, ratings, ratedAt } = batch;
      const skipped = kept.size > 0 ? marks(batch, kept) : undefined;
      addTotals(totals, batch, 0, length, skipped);
      yield { length, columns: [userIds, itemIds, ratings, ratedAt], skipped };
      onRows(length);
    }
  }
  await replaceByCopy(transaction, ratings, counted());
  for (const [userId, rows] of kept) {
    for (const { item_id, rating, source } of rows.values()) {
      if (source !== "synthetic") addRating(totals, userId, item_id, 1, rating);
    }
  }
}

type Kept = Map<string, Map<string, Pick<Selectable<Schema["ratings"]>, "item_id" | "rating" | "source">>>;

async function notImported(records: Records): Promise<Kept> {
  const rows = await records
    .selectFrom("ratings")
    .select(["user_id", "item_id", "rating", "source"])
    .where("source", "<>", sql.lit("import"))
    .execute();
  const kept: Kept = new Map();
  for (const row of rows) {
    const ofUser = kept.get(row.user_id);
    if (ofUser) ofUser.set(row.item_id, row);
    else kept.set(row.user_id, new Map([[row.item_id, row]]));
  }
  return kept;
}

function marks({ length, userIds, itemIds }: RatingBatch, kept: Kept): Uint8Array {
  const skipped = new Uint8Array(length);
  for (let row = 0; row < length; row++) {
    if (kept.get(userIds[row]!)?.has(itemIds[row]!)) skipped[row] = 1;
  }
  return skipped;
}
