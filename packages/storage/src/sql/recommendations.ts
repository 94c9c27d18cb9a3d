import type { Id } from "@tamis/core";
import { bulkInsert } from "./bulk-insert.ts";
import { newId } from "./new-id.ts";
import type { Records } from "./schema.ts";
import { shortTransaction } from "./write-transaction.ts";

/**
 * What made a list: a model of whoever rated what; popularity and genres for somebody it cannot judge yet; the same
 * because no model could answer for somebody who has rated.
 */
export type RecommendationMethod = "collaborative_filtering" | "cold_start" | "cold_start_fallback";

/** A list that was recommended. */
export interface LoggedRecommendation {
  readonly at: Date;
  readonly userId: Id;
  readonly method: RecommendationMethod;
  /** `null` without a model. */
  readonly modelVersion: number | null;
  /** How many items were asked for. */
  readonly requested: number;
  /** From the first place on. */
  readonly items: readonly { readonly itemId: Id; readonly score: number }[];
}

/** Adds lists to the log, all of them or none. */
export async function addRecommendations(
  records: Records,
  lists: readonly LoggedRecommendation[],
): Promise<void> {
  await shortTransaction(records, async (transaction) => {
    const insert = bulkInsert(transaction, {
      into: "recommendations",
      columns: ["id", "at", "user_id", "method", "model_version", "requested", "items", "mean_score"],
    });
    await insert(
      lists.flatMap(({ at, userId, method, modelVersion, requested, items }) => [
        newId(at),
        at.toISOString(),
        String(userId),
        method,
        modelVersion,
        requested,
        JSON.stringify(items.map(({ itemId, score }) => [String(itemId), score])),
        items.reduce((sum, { score }) => sum + score, 0) / Math.max(1, items.length),
      ]),
    );
  });
}

/**
 * Removes the lists that were recommended before an instant, a thousand at a time.
 *
 * @returns how many there were.
 */
export async function removeRecommendations(records: Records, before: Date): Promise<number> {
  let removed = 0;
  for (;;) {
    const { numDeletedRows } = await records
      .deleteFrom("recommendations")
      .where("id", "in", (old) =>
        old.selectFrom("recommendations").select("id").where("at", "<", before).orderBy("at").limit(1000),
      )
      .executeTakeFirst();
    removed += Number(numDeletedRows);
    if (numDeletedRows < 1000n) return removed;
  }
}
