import { setImmediate as nextTurn } from "node:timers/promises";
import type { Id } from "@tamis/core";
import type { CopyBatch } from "./binary-copy.ts";
import { bulkInsert } from "./bulk-insert.ts";
import { lastOfEach } from "./chunks.ts";
import { copyItemTags } from "./copy-item-tags.ts";
import { engineOf } from "./engine.ts";
import { nameIds } from "./names.ts";
import { type CopyTarget, replaceByCopy } from "./replace-by-copy.ts";
import type { Records } from "./schema.ts";
import { writeTransaction } from "./write-transaction.ts";

/** A word a user put on an item. `taggedAt` is in Unix seconds. */
export interface ItemTag {
  readonly userId: Id;
  readonly itemId: Id;
  readonly tag: string;
  readonly taggedAt: number | null;
}

/** An item's number in other film databases, as text (leading zeros count). */
export interface ItemLinks {
  readonly itemId: Id;
  readonly imdbId: string | null;
  readonly tmdbId: string | null;
}

/** How much genome tags apply to items, 0..1, as columns: row `i` for `i < length`. Item ids are in their stored form, `String(id)`. */
export interface GenomeScores {
  readonly length: number;
  readonly itemIds: readonly string[];
  readonly tagIds: Float64Array;
  readonly relevances: Float64Array;
}

/** Rows as they come: from memory or from a reader. */
export type Rows<Row> = AsyncIterable<Row> | Iterable<Row>;

/**
 * Makes these the only tags of items, in one transaction. The same word by the same user on the same item counts
 * once, the last one wins.
 *
 * @returns the number of rows that were given; so do the others here.
 */
export async function replaceItemTags(records: Records, tags: Rows<ItemTag>): Promise<number> {
  return await writeTransaction(records, async (transaction) => {
    await transaction.deleteFrom("item_tags").execute();
    await transaction.deleteFrom("tags").execute();
    if (engineOf(transaction).copy) return await copyItemTags(transaction, tags);
    const insert = bulkInsert(transaction, {
      into: "item_tags",
      columns: ["user_id", "item_id", "tag_id", "tagged_at"],
      onConflict: "(item_id, tag_id, user_id) do update set tagged_at = excluded.tagged_at",
    });
    return await inChunks(tags, async (chunk) => {
      const ids = await nameIds(transaction, "tags", new Set(chunk.map(({ tag }) => tag)));
      await insert(
        lastOfEach(chunk, ({ userId, itemId, tag }) => `${userId}\0${itemId}\0${tag}`).flatMap((row) => [
          String(row.userId),
          String(row.itemId),
          ids.get(row.tag),
          row.taggedAt,
        ]),
      );
    });
  });
}

/** Makes these the only links, in one transaction; the last one of an item wins. */
export async function replaceLinks(records: Records, links: Rows<ItemLinks>): Promise<number> {
  return await writeTransaction(records, async (transaction) => {
    await transaction.deleteFrom("links").execute();
    const insert = bulkInsert(transaction, {
      into: "links",
      columns: ["item_id", "imdb_id", "tmdb_id"],
      onConflict: "(item_id) do update set imdb_id = excluded.imdb_id, tmdb_id = excluded.tmdb_id",
    });
    return await inChunks(links, (chunk) =>
      insert(
        lastOfEach(chunk, ({ itemId }) => String(itemId)).flatMap(({ itemId, imdbId, tmdbId }) => [
          String(itemId),
          imdbId,
          tmdbId,
        ]),
      ),
    );
  });
}

/** Makes these the only genome tags and scores, in one transaction. */
export async function replaceGenome(
  records: Records,
  tags: Rows<{ readonly tagId: number; readonly name: string }>,
  scores: Rows<GenomeScores>,
): Promise<number> {
  return await writeTransaction(records, async (transaction) => {
    await transaction.deleteFrom("genome_tags").execute();
    const insertTags = bulkInsert(transaction, {
      into: "genome_tags",
      columns: ["id", "name"],
      onConflict: "(id) do update set name = excluded.name",
    });
    await inChunks(tags, (chunk) =>
      insertTags(lastOfEach(chunk, ({ tagId }) => `${tagId}`).flatMap(({ tagId, name }) => [tagId, name])),
    );
    let count = 0;
    async function* counted(): AsyncGenerator<GenomeScores> {
      for await (const batch of scores) {
        yield batch;
        count += batch.length;
      }
    }
    const replaceScores = engineOf(transaction).copy ? copyGenomeScores : insertGenomeScores;
    await replaceScores(transaction, counted());
    return count;
  });
}

async function copyGenomeScores(transaction: Records, scores: AsyncIterable<GenomeScores>): Promise<void> {
  const target: CopyTarget = {
    into: "genome_scores",
    columns: { item_id: "text", tag_id: "integer", relevance: "float" },
    key: ["item_id", "tag_id"],
    repeated: "last wins",
  };
  async function* batches(): AsyncGenerator<CopyBatch> {
    for await (const { length, itemIds, tagIds, relevances } of scores) {
      yield { length, columns: [itemIds, tagIds, relevances] };
    }
  }
  await replaceByCopy(transaction, target, batches());
}

async function insertGenomeScores(transaction: Records, scores: AsyncIterable<GenomeScores>): Promise<void> {
  await transaction.deleteFrom("genome_scores").execute();
  const insert = bulkInsert(transaction, {
    into: "genome_scores",
    columns: ["item_id", "tag_id", "relevance"],
    onConflict: "(item_id, tag_id) do update set relevance = excluded.relevance",
  });
  for await (const { length, itemIds, tagIds, relevances } of scores) {
    for (let start = 0; start < length; start += 1024) {
      const rows = Array.from({ length: Math.min(1024, length - start) }, (_, row) => start + row);
      await insert(rows.flatMap((row) => [itemIds[row], tagIds[row], relevances[row]]));
      await nextTurn();
    }
  }
}

/** Hands rows on by the thousand and lets the event loop turn in between. */
async function inChunks<Row>(rows: Rows<Row>, insert: (chunk: Row[]) => Promise<unknown>): Promise<number> {
  let count = 0;
  let chunk: Row[] = [];
  const flush = async () => {
    await insert(chunk);
    count += chunk.length;
    chunk = [];
    await nextTurn();
  };
  for await (const row of rows) {
    chunk.push(row);
    if (chunk.length === 1024) await flush();
  }
  if (chunk.length > 0) await flush();
  return count;
}
