import { sql } from "kysely";
import type { CopyBatch } from "./binary-copy.ts";
import type { ItemTag, Rows } from "./catalogue.ts";
import { copyRows } from "./copy-rows.ts";
import type { Records } from "./schema.ts";

/** Rows of a batch. */
const batchLength = 2048;

/**
 * Fills the empty tables of tags and of who put them where, by COPY into a staging table.
 *
 * @returns the number of rows that were given
 */
export async function copyItemTags(transaction: Records, tags: Rows<ItemTag>): Promise<number> {
  const run = (statement: string) => sql.raw(statement).execute(transaction);
  let count = 0;
  async function* batches(): AsyncGenerator<CopyBatch> {
    let rows: ItemTag[] = [];
    for await (const row of tags) {
      if (rows.push(row) < batchLength) continue;
      yield toColumns(rows);
      count += rows.length;
      rows = [];
    }
    yield toColumns(rows);
    count += rows.length;
  }
  await run(`create temporary table tagged (user_id text collate "C", item_id text collate "C",
    tag text collate "C", tagged_at bigint) on commit drop`);
  const columns = { user_id: "text", item_id: "text", tag: "text", tagged_at: "integer" } as const;
  await copyRows(transaction, { into: "tagged", columns }, batches());
  await run("analyze tagged");
  await run("insert into tags (name) select distinct tag from tagged");
  // Rows lie in the order they came in: of those that repeat, the last one wins.
  await run(`insert into item_tags (item_id, tag_id, user_id, tagged_at)
    select distinct on (item_id, id, user_id) item_id, id, user_id, tagged_at
    from tagged join tags on name = tag order by item_id, id, user_id, tagged.ctid desc`);
  await run("drop table tagged");
  return count;
}

function toColumns(rows: readonly ItemTag[]): CopyBatch {
  return {
    length: rows.length,
    columns: [
      rows.map(({ userId }) => String(userId)),
      rows.map(({ itemId }) => String(itemId)),
      rows.map(({ tag }) => tag),
      Float64Array.from(rows, ({ taggedAt }) => taggedAt ?? Number.NaN),
    ],
  };
}
