import { type Id, type Item, TamisError } from "@tamis/core";
import type { Records } from "./schema.ts";

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

export type RatedItem = Item & { readonly ratings: number; readonly average: number | null };

export interface ItemPage {
  readonly items: RatedItem[];
  readonly next: string | null;
}

/** Adds items or replaces their title, year and genres. */
export async function upsertItems(_records: Records, _items: Iterable<Item>): Promise<void> {
  throw new TamisError("unsupported", "upsertItems is being written.");
}

/** Makes these the items of the data set: upserts them and removes every other item that has no rating left. */
export async function removeUnratedItems(_records: Records, _keep: ReadonlySet<Id>): Promise<number> {
  throw new TamisError("unsupported", "removeUnratedItems is being written.");
}

export async function findItem(_records: Records, _itemId: Id): Promise<Item | undefined> {
  throw new TamisError("unsupported", "findItem is being written.");
}

export async function findItems(_records: Records, _itemIds: Iterable<Id>): Promise<Map<Id, Item>> {
  throw new TamisError("unsupported", "findItems is being written.");
}

export async function listItems(_records: Records, _options: ListItemsOptions = {}): Promise<ItemPage> {
  throw new TamisError("unsupported", "listItems is being written.");
}

/** Every item, ordered by id. */
export async function allItems(_records: Records): Promise<Item[]> {
  throw new TamisError("unsupported", "allItems is being written.");
}
