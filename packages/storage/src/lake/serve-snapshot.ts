import type { Item, User } from "@tamis/core";
import { replaceGenome, replaceItemTags, replaceLinks } from "../sql/catalogue.ts";
import { removeUnratedItems, upsertItems } from "../sql/items.ts";
import { type RatingBatch, replaceImportedRatings } from "../sql/replace-ratings.ts";
import type { Records } from "../sql/schema.ts";
import { removeUnratedUsers, upsertUsers } from "../sql/users.ts";
import { storedId } from "./id-kinds.ts";
import type { ImportOptions } from "./import-options.ts";
import type { Catalogue } from "./import-source.ts";
import type { RatingStage } from "./rating-stage.ts";

export interface ServedSnapshot {
  readonly stage: RatingStage;
  readonly rows: number;
  readonly items: readonly Item[];
  readonly catalogue: Catalogue;
  readonly options: ImportOptions;
}

/**
 * Fills the serving tables from the rows of a stage: ratings, and what the source says of items and users.
 *
 * When the data set is replaced, what was known of former items and users goes with it; when it is added to,
 * tags, links and genome stay unless the source has its own. `transaction` makes it all or nothing.
 */
export async function serveSnapshot(
  transaction: Records,
  { stage, rows, items, catalogue, options }: ServedSnapshot,
): Promise<void> {
  const { append = false, signal, onProgress } = options;
  const { tags, links, genomeTags, genomeScores } = catalogue;
  const users = await collect(catalogue.users);
  if (!append) await forgetDescriptions(transaction);
  await replaceImportedRatings(transaction, batchesOf(stage), {
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

/**
 * The rows in the order of their primary key, as text: in any other order a database spends most of the time
 * looking for the place of each row. A pair is one number, so that sorting compares no texts.
 */
async function* batchesOf(stage: RatingStage): AsyncGenerator<RatingBatch> {
  const users = await rankIds(stage, "user");
  const items = await rankIds(stage, "item");
  const select = `SELECT user_ranks.rank * ${items.length} + item_ranks.rank AS pair, rating, rated_at
    FROM rows JOIN user_ranks USING (user_id) JOIN item_ranks USING (item_id) ORDER BY pair`;
  for await (const { rows, columns } of stage.columns(select)) {
    const [pairs, ratings, ratedAt] = columns as [Float64Array, Float64Array, Float64Array];
    const userIds = new Array<string>(rows);
    const itemIds = new Array<string>(rows);
    for (let row = 0; row < rows; row++) {
      const user = Math.floor(pairs[row]! / items.length);
      userIds[row] = users[user]!;
      itemIds[row] = items[pairs[row]! - user * items.length]!;
    }
    yield { length: rows, userIds, itemIds, ratings, ratedAt };
  }
}

/** Makes the table of the places that ids have in the order of their texts, and gives these texts in order. */
async function rankIds(stage: RatingStage, role: "user" | "item"): Promise<readonly string[]> {
  const id = `${role}_id`;
  const text = `CAST(${storedId(id, stage.kinds[role])} AS VARCHAR)`;
  await stage.run(`CREATE TABLE ${role}_ranks AS
    SELECT ${id}, id_text, CAST(row_number() OVER (ORDER BY id_text) - 1 AS DOUBLE) AS rank
    FROM (SELECT ${id}, ${text} AS id_text FROM (SELECT DISTINCT ${id} FROM rows))`);
  const texts: string[] = [];
  for await (const { columns } of stage.columns(`SELECT id_text FROM ${role}_ranks ORDER BY rank`)) {
    for (const found of columns[0] as readonly string[]) texts.push(found);
  }
  return texts;
}

async function collect<T>(rows: AsyncIterable<T> | undefined): Promise<T[]> {
  const collected: T[] = [];
  for await (const row of rows ?? []) collected.push(row);
  return collected;
}
