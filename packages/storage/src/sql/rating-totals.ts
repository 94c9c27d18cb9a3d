import { bulkInsert } from "./bulk-insert.ts";
import { searchKey } from "./items.ts";
import type { RatingBatch } from "./replace-ratings.ts";
import type { Records } from "./schema.ts";

/** Number and sum of the ratings of each user and item, by stored id. */
export type Totals = Record<"users" | "items", Map<string, Total>>;
type Total = { ratings: number; sum: number };

/** Counts the rows [start, end) of a batch, but for those that `skipped` marks. */
export function addTotals(
  { users, items }: Totals,
  batch: RatingBatch,
  start: number,
  end: number,
  skipped?: Uint8Array,
): void {
  let userId: string | undefined;
  let user: Total = { ratings: 0, sum: 0 };
  for (let row = start; row < end; row++) {
    if (skipped?.[row]) continue;
    const rating = batch.ratings[row]!;
    // Most sources are sorted by user: look each one up once.
    if (batch.userIds[row] !== userId) {
      userId = batch.userIds[row]!;
      user = totalOf(users, userId);
    }
    add(user, 1, rating);
    add(totalOf(items, batch.itemIds[row]!), 1, rating);
  }
}

/** Counts `ratings` more (or fewer) of a pair, whose sum is `sum`. */
export function addRating(
  totals: Totals,
  userId: string,
  itemId: string,
  ratings: number,
  sum: number,
): void {
  add(totalOf(totals.users, userId), ratings, sum);
  add(totalOf(totals.items, itemId), ratings, sum);
}

/** Writes the totals; users and items that are not among them have none any more. */
export async function writeTotals(records: Records, totals: Totals): Promise<void> {
  const onConflict = "(id) do update set ratings = excluded.ratings, rating_sum = excluded.rating_sum";
  await records.updateTable("users").set({ ratings: 0, rating_sum: 0 }).where("ratings", ">", 0).execute();
  await bulkInsert(records, { into: "users", columns: ["id", "ratings", "rating_sum"], onConflict })(
    [...totals.users].flatMap(([id, { ratings, sum }]) => [id, ratings, sum]),
  );
  await records.updateTable("items").set({ ratings: 0, rating_sum: 0 }).where("ratings", ">", 0).execute();
  const itemColumns = ["id", "title", "title_search", "ratings", "rating_sum"] as const;
  await bulkInsert(records, { into: "items", columns: itemColumns, onConflict })(
    [...totals.items].flatMap(([id, { ratings, sum }]) => [id, id, searchKey(id), ratings, sum]),
  );
}

function totalOf(totals: Map<string, Total>, id: string): Total {
  let total = totals.get(id);
  if (total === undefined) {
    total = { ratings: 0, sum: 0 };
    totals.set(id, total);
  }
  return total;
}

function add(total: Total, ratings: number, sum: number): void {
  total.ratings += ratings;
  total.sum += sum;
}
