import { canonicalId, type Id, type User } from "@tamis/core";
import { bulkInsert } from "./bulk-insert.ts";
import { chunks, lastOfEach } from "./chunks.ts";
import { cursorOf, readCursor } from "./cursor.ts";
import { like, literal } from "./like.ts";
import type { Records } from "./schema.ts";
import { shortTransaction } from "./write-transaction.ts";

export interface ListUsersOptions {
  /** How an id starts; case does not count. */
  readonly search?: string | undefined;
  /** @default 50 */
  readonly limit?: number | undefined;
  /** The `next` of the page before. */
  readonly after?: string | undefined;
}

/** `average` is in units of the scale, `null` without ratings. */
export type RatingUser = User & { readonly ratings: number; readonly average: number | null };

export interface UserPage {
  readonly users: RatingUser[];
  readonly next: string | null;
}

/** Adds users or replaces their attributes, in one transaction. Their ratings stay. */
export async function upsertUsers(records: Records, users: Iterable<User>): Promise<void> {
  const distinct = lastOfEach([...users], ({ userId }) => String(userId));
  await shortTransaction(records, async (transaction) => {
    const insert = bulkInsert(transaction, {
      into: "users",
      columns: ["id", "attributes"],
      onConflict: "(id) do update set attributes = excluded.attributes",
    });
    for (const chunk of chunks(distinct, 1000)) {
      await insert(chunk.flatMap(({ userId, attributes }) => [String(userId), JSON.stringify(attributes)]));
    }
  });
}

/**
 * Removes the users who neither rated nor are in `keep`: what a former data set left behind.
 *
 * @returns how many were removed.
 */
export async function removeUnratedUsers(records: Records, keep: ReadonlySet<Id>): Promise<number> {
  return await shortTransaction(records, async (transaction) => {
    const silent = await transaction.selectFrom("users").select("id").where("ratings", "=", 0).execute();
    const leaving = silent.map(({ id }) => id).filter((id) => !keep.has(canonicalId(id)));
    for (const ids of chunks(leaving, 1000)) {
      await transaction.deleteFrom("users").where("id", "in", ids).execute();
    }
    return leaving.length;
  });
}

export async function findUser(records: Records, userId: Id): Promise<User | undefined> {
  const row = await records
    .selectFrom("users")
    .select(["id", "attributes"])
    .where("id", "=", String(userId))
    .executeTakeFirst();
  return row && { userId: canonicalId(row.id), attributes: JSON.parse(row.attributes) };
}

/**
 * One page of users, most ratings first (ties by id, as text).
 *
 * @throws invalid_input for an `after` that no page gave
 */
export async function listUsers(records: Records, options: ListUsersOptions = {}): Promise<UserPage> {
  const { search = "", limit = 50, after } = options;
  let query = records.selectFrom("users").select(["id", "attributes", "ratings", "rating_sum"]);
  if (search !== "") query = query.where(like(records, "id", `${literal(search)}%`));
  if (after !== undefined) {
    const [ratings, id] = readCursor(after, "number", "string");
    query = query.where(({ or, and, eb }) =>
      or([eb("ratings", "<", ratings), and([eb("ratings", "=", ratings), eb("id", ">", id)])]),
    );
  }
  const rows = await query
    .orderBy("ratings", "desc")
    .orderBy("id")
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return {
    users: page.map((row) => ({
      userId: canonicalId(row.id),
      attributes: JSON.parse(row.attributes),
      ratings: row.ratings,
      average: row.ratings === 0 ? null : row.rating_sum / row.ratings,
    })),
    next: last === undefined ? null : cursorOf(last.ratings, last.id),
  };
}
