import { engineOf } from "../sql/engine.ts";
import type { RatingBatch } from "../sql/rating-batch.ts";
import type { StagedRatings } from "../sql/replace-ratings.ts";
import type { Records } from "../sql/schema.ts";
import { storedId } from "./id-kinds.ts";
import type { RatingStage } from "./rating-stage.ts";
import { stageRatings } from "./stage-ratings.ts";

/** The rows of a stage, as the records load them: from a file that is ready, or in batches still to be made. */
export type ServedRatings = StagedRatings | AsyncIterable<RatingBatch>;

/**
 * Readies the rows of a stage for the records, in the order of their primary key: in any other order a database spends
 * most of the time looking for the place of each row.
 */
export async function servedRatings(
  records: Records,
  stage: RatingStage,
  signal?: AbortSignal,
): Promise<ServedRatings> {
  if (engineOf(records).copy) return batchesOf(stage);
  const order = stage.mayRepeat() ? "ORDER BY user_id" : ""; // else the rows of a user follow each other
  const chunks = stage.columns(`SELECT user_id, item_id, rating, rated_at FROM rows ${order}`);
  const items = await stage.query<{ id: number | string }>("SELECT DISTINCT item_id AS id FROM rows");
  const grouped = { chunks, items: items.map(({ id }) => id) };
  return await stageRatings(stage.pathOf("ratings.db"), grouped, signal);
}

/** Sorted by DuckDB. A pair is one number, so that sorting compares no texts. */
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
