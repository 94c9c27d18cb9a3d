import type { Item, User } from "@tamis/core";
import { replaceGenome, replaceItemTags, replaceLinks } from "../sql/catalogue.ts";
import { removeUnratedItems, upsertItems } from "../sql/items.ts";
import { replaceImportedRatings } from "../sql/replace-ratings.ts";
import type { Records } from "../sql/schema.ts";
import { removeUnratedUsers, upsertUsers } from "../sql/users.ts";
import type { ImportOptions } from "./import-options.ts";
import type { Catalogue } from "./import-source.ts";
import type { ServedRatings } from "./served-ratings.ts";

export interface ServedSnapshot {
  readonly ratings: ServedRatings;
  readonly rows: number;
  readonly items: readonly Item[];
  readonly catalogue: Catalogue;
  readonly options: ImportOptions;
}

/**
 * Fills the serving tables: ratings, and what the source says of items and users.
 *
 * When the data set is replaced, what was known of former items and users goes with it; when it is added to,
 * tags, links and genome stay unless the source has its own. `transaction` makes it all or nothing.
 */
export async function serveSnapshot(
  transaction: Records,
  { ratings, rows, items, catalogue, options }: ServedSnapshot,
): Promise<void> {
  const { append = false, signal, onProgress } = options;
  const { tags, links, genomeTags, genomeScores } = catalogue;
  const users = await collect(catalogue.users);
  if (!append) await forgetDescriptions(transaction);
  await replaceImportedRatings(transaction, ratings, {
    total: rows,
    signal,
    onProgress: onProgress && ((progress) => onProgress({ ...progress, phase: "serving" })),
  });
  await upsertItems(transaction, items);
  await upsertUsers(transaction, users);
  if (tags || !append) await replaceItemTags(transaction, tags ?? []);
  if (links || !append) await replaceLinks(transaction, links ?? []);
  if (genomeTags || !append) {
    await replaceGenome(transaction, await collect(genomeTags), genomeScores ?? []);
  }
  if (append) return;
  await removeUnratedItems(transaction, new Set(items.map(({ itemId }) => itemId)));
  await removeUnratedUsers(transaction, new Set(users.map(({ userId }: User) => userId)));
}

/** Titles, genres and attributes of another data set's items and users, which may have the same ids. */
async function forgetDescriptions(transaction: Records): Promise<void> {
  await transaction.deleteFrom("item_genres").execute();
  await transaction
    .updateTable("items")
    .set(({ ref }) => ({ title: ref("id"), title_search: ref("id"), year: null }))
    .execute();
  await transaction.updateTable("users").set({ attributes: "{}" }).execute();
}

async function collect<T>(rows: AsyncIterable<T> | undefined): Promise<T[]> {
  const collected: T[] = [];
  for await (const row of rows ?? []) collected.push(row);
  return collected;
}
