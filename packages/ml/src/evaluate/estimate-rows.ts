import { type RatingTable, TamisError } from "@tamis/core";
import { createPace } from "../pace.ts";
import type { FitContext, Model } from "../recommender.ts";
import { predictRows } from "../scorer.ts";
import type { Fold } from "./split.ts";

/**
 * A model's estimates of the test rows of a fold, clipped to the scale, aligned with them. A user whose history the fold
 * shows is folded in.
 *
 * @throws unsupported when histories are shown to a model that cannot fold in; aborted
 */
export async function estimateRows(
  model: Model,
  table: RatingTable,
  { history, test }: Fold,
  context: Pick<FitContext, "signal" | "onProgress">,
): Promise<Float64Array> {
  if (history === undefined) return predictRows(model, table, test, context);
  if (model.foldIn === undefined) {
    throw new TamisError(
      "unsupported",
      `${model.algorithm} cannot fold in users it was not trained on; use a split of their ratings, such as kFold.`,
    );
  }
  const { users, items, ratings } = table;
  const places = new Map(model.itemIds.map((itemId, item) => [itemId, item]));
  const shown = rowsByUser(history, users.codes);
  const estimates = new Float64Array(test.length);
  const pace = createPace({ phase: "predict", total: test.length, unit: "pairs" }, context);
  let done = 0;
  for (const [user, rows] of rowsByUser(test, users.codes, true)) {
    const known = (shown.get(user) ?? []).map((row) => ({
      itemId: items.ids[items.codes[row]!]!,
      rating: ratings[row]!,
    }));
    const scores = model.foldIn(known);
    for (const place of rows) {
      const itemId = items.ids[items.codes[test[place]!]!]!;
      const score = scores[places.get(itemId) ?? -1] ?? model.predict(users.ids[user]!, itemId).value;
      estimates[place] = Math.min(model.scale.max, Math.max(model.scale.min, score));
    }
    done += rows.length;
    await pace.step(done);
  }
  return estimates;
}

/** The rows of each user, or their places among `rows`. */
function rowsByUser(rows: Int32Array, codes: Int32Array, asPlaces = false): Map<number, number[]> {
  const byUser = new Map<number, number[]>();
  for (const [place, row] of rows.entries()) {
    const user = codes[row]!;
    const own = byUser.get(user) ?? [];
    byUser.set(user, own);
    own.push(asPlaces ? place : row);
  }
  return byUser;
}
