import { setImmediate as nextTurn } from "node:timers/promises";
import { canonicalId, type Id, type Item } from "@tamis/core";
import type { SelectQueryBuilder } from "kysely";
import { bulkInsert } from "./bulk-insert.ts";
import { chunks, lastOfEach } from "./chunks.ts";
import { cursorOf, readCursor } from "./cursor.ts";
import { like, literal } from "./like.ts";
import { nameIds } from "./names.ts";
import type { Records, Schema } from "./schema.ts";
import { shortTransaction } from "./write-transaction.ts";

export interface ListItemsOptions {
  /** Part of a title; case and accents do not count. */
  readonly search?: string | undefined;
  /** Exact name of a genre. */
  readonly genre?: string | undefined;
  /** @default 50 */
  readonly limit?: number | undefined;
  /** The `next` of the page before. */
  readonly after?: string | undefined;
}

/** `average` is in units of the scale, `null` without ratings. */
export type RatedItem = Item & { readonly ratings: number; readonly average: number | null };

export interface ItemPage {
  readonly items: RatedItem[];
  readonly next: string | null;
}

/** Adds items or replaces their title, year and genres, in one transaction. Their ratings stay. */
export async function upsertItems(records: Records, items: Iterable<Item>): Promise<void> {
  const distinct = lastOfEach([...items], ({ itemId }) => String(itemId));
  await shortTransaction(records, async (transaction) => {
    for (const chunk of chunks(distinct, 1000)) {
      const insert = bulkInsert(transaction, {
        into: "items",
        columns: ["id", "title", "title_search", "year"],
        onConflict:
          "(id) do update set title = excluded.title, title_search = excluded.title_search, year = excluded.year",
      });
      await insert(
        chunk.flatMap(({ itemId, title, year }) => [String(itemId), title, searchKey(title), year]),
      );
      await replaceGenres(transaction, chunk);
    }
  });
}

async function replaceGenres(records: Records, items: readonly Item[]): Promise<void> {
  const ids = items.map(({ itemId }) => String(itemId));
  await records.deleteFrom("item_genres").where("item_id", "in", ids).execute();
  const genreIds = await nameIds(records, "genres", new Set(items.flatMap(({ genres }) => genres)));
  const insert = bulkInsert(records, {
    into: "item_genres",
    columns: ["item_id", "genre_id", "position"],
    onConflict: "(item_id, genre_id) do nothing",
  });
  await insert(
    items.flatMap(({ itemId, genres }) =>
      genres.flatMap((genre, position) => [String(itemId), genreIds.get(genre), position]),
    ),
  );
}

/**
 * Removes the items that are neither rated nor in `keep`: what a former data set left behind.
 *
 * @returns how many were removed.
 */
export async function removeUnratedItems(records: Records, keep: ReadonlySet<Id>): Promise<number> {
  return await shortTransaction(records, async (transaction) => {
    const unrated = await transaction.selectFrom("items").select("id").where("ratings", "=", 0).execute();
    const leaving = unrated.map(({ id }) => id).filter((id) => !keep.has(canonicalId(id)));
    for (const ids of chunks(leaving, 1000)) {
      await transaction.deleteFrom("items").where("id", "in", ids).execute();
    }
    return leaving.length;
  });
}

export async function findItem(records: Records, itemId: Id): Promise<Item | undefined> {
  return (await findItems(records, [itemId])).get(canonicalId(itemId));
}

/** The items that exist among `itemIds`. */
export async function findItems(records: Records, itemIds: Iterable<Id>): Promise<Map<Id, Item>> {
  const found = new Map<Id, Item>();
  for (const ids of chunks(new Set(itemIds), 1000)) {
    const rows = await itemRows(records).where("items.id", "in", ids.map(String)).execute();
    for (const item of await toItems(records, rows)) found.set(item.itemId, plainItem(item));
  }
  return found;
}

/**
 * One page of the catalogue, most rated first (ties by id, as text).
 *
 * @throws invalid_input for an `after` that no page gave
 */
export async function listItems(records: Records, options: ListItemsOptions = {}): Promise<ItemPage> {
  const { search, genre, limit = 50, after } = options;
  let query = itemRows(records);
  const key = searchKey(search ?? "");
  if (key !== "") {
    query = query.where(like(records, "items.title_search", `%${literal(key)}%`));
  }
  if (genre !== undefined) {
    query = query.where(({ exists, selectFrom }) =>
      exists(
        selectFrom("item_genres")
          .innerJoin("genres", "genres.id", "item_genres.genre_id")
          .select("item_genres.item_id")
          .whereRef("item_genres.item_id", "=", "items.id")
          .where("genres.name", "=", genre),
      ),
    );
  }
  if (after !== undefined) {
    const [ratings, id] = readCursor(after, "number", "string");
    query = query.where(({ or, and, eb }) =>
      or([
        eb("items.ratings", "<", ratings),
        and([eb("items.ratings", "=", ratings), eb("items.id", ">", id)]),
      ]),
    );
  }
  const rows = await query
    .orderBy("items.ratings", "desc")
    .orderBy("items.id")
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return {
    items: await toItems(records, page),
    next: last === undefined ? null : cursorOf(last.ratings, last.id),
  };
}

/** Every item, ordered by id as text. Read page by page, so that others are served in between. */
export async function allItems(records: Records): Promise<Item[]> {
  const items: Item[] = [];
  for (let after = ""; ; ) {
    const rows = await itemRows(records)
      .where("items.id", ">", after)
      .orderBy("items.id")
      .limit(pageLength)
      .execute();
    for (const item of await toItems(records, rows)) items.push(plainItem(item));
    if (rows.length < pageLength) return items;
    after = rows.at(-1)!.id;
    await nextTurn();
  }
}

const pageLength = 1000;

/** What a title is searched by: lower case, without accents. */
export function searchKey(title: string): string {
  return title.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

type ItemRow = { id: string; title: string; year: number | null; ratings: number; rating_sum: number };

function itemRows(records: Records): SelectQueryBuilder<Schema, "items", ItemRow> {
  return records
    .selectFrom("items")
    .select(["items.id", "items.title", "items.year", "items.ratings", "items.rating_sum"]);
}

async function toItems(records: Records, rows: readonly ItemRow[]): Promise<RatedItem[]> {
  const genres = await genresOf(
    records,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({
    itemId: canonicalId(row.id),
    title: row.title,
    year: row.year,
    genres: genres.get(row.id) ?? [],
    ratings: row.ratings,
    average: row.ratings === 0 ? null : row.rating_sum / row.ratings,
  }));
}

async function genresOf(records: Records, itemIds: readonly string[]): Promise<Map<string, string[]>> {
  const genres = new Map<string, string[]>();
  for (const ids of chunks(itemIds, 1000)) {
    const rows = await records
      .selectFrom("item_genres")
      .innerJoin("genres", "genres.id", "item_genres.genre_id")
      .select(["item_genres.item_id", "genres.name"])
      .where("item_genres.item_id", "in", ids)
      .orderBy("item_genres.item_id")
      .orderBy("item_genres.position")
      .execute();
    for (const row of rows) {
      const names = genres.get(row.item_id);
      if (names) names.push(row.name);
      else genres.set(row.item_id, [row.name]);
    }
  }
  return genres;
}

function plainItem({ itemId, title, year, genres }: RatedItem): Item {
  return { itemId, title, year, genres };
}
