import { canonicalId, compareIds, type Id, type Rating } from "@tamis/core";
import { sql } from "kysely";
import type { Records } from "./schema.ts";

/** What {@link countStats} answers: users who rated, items rated. */
export interface RatingStats {
  readonly users: number;
  readonly items: number;
  readonly ratings: number;
  /** In units of the scale; `null` without ratings. */
  readonly averageRating: number | null;
}

/** A user's ratings, newest first; those without a time come last, ties are by item id. Synthetic ones are left out. */
export async function ratingsOfUser(records: Records, userId: Id): Promise<Rating[]> {
  const rows = await records
    .selectFrom("ratings")
    .select(["item_id", "rating", "rated_at"])
    .where("user_id", "=", String(userId))
    .where("source", "<>", sql.lit("synthetic"))
    .execute();
  return rows
    .map((row) => ({
      userId: canonicalId(userId),
      itemId: canonicalId(row.item_id),
      rating: row.rating,
      ratedAt: row.rated_at,
    }))
    .sort(
      (a, b) =>
        (b.ratedAt ?? Number.NEGATIVE_INFINITY) - (a.ratedAt ?? Number.NEGATIVE_INFINITY) ||
        compareIds(a.itemId, b.itemId),
    );
}

/** Counts of the data set, without synthetic ratings. Reads the running totals, not the ratings: always quick. */
export async function countStats(records: Records): Promise<RatingStats> {
  const [users, items] = await Promise.all([totals(records, "users"), totals(records, "items")]);
  return {
    users: users.rows,
    items: items.rows,
    ratings: users.ratings,
    averageRating: users.ratings === 0 ? null : items.sum / users.ratings,
  };
}

async function totals(records: Records, table: "users" | "items") {
  const found = await records
    .selectFrom(table)
    .select(({ fn }) => [
      fn.countAll<number>().as("rows"),
      fn.sum<number>("ratings").as("ratings"),
      fn.sum<number>("rating_sum").as("sum"),
    ])
    .where("ratings", ">", 0)
    .executeTakeFirst();
  return {
    rows: Number(found?.rows ?? 0),
    ratings: Number(found?.ratings ?? 0),
    sum: Number(found?.sum ?? 0),
  };
}
