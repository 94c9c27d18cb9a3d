import { canonicalId, type Id, type Item, TamisError } from "@tamis/core";
import type { Model } from "../recommender.ts";
import type { ColdStart } from "../recommenders/cold-start.ts";
import { explainColdStart, explainModel, type History } from "./explain.ts";
import { topItems } from "./top-items.ts";

export interface RecommendRequest {
  /** Absent when none was trained yet: everybody gets the cold start. */
  readonly model: Model | undefined;
  readonly coldStart: ColdStart;
  readonly userId: Id;
  /** What the user has rated, now: never recommended again, and what an unknown user is judged by. */
  readonly history: History;
  /** How many; 0 is allowed. */
  readonly n: number;
  /** Titles, for the reasons. */
  readonly items?: ReadonlyMap<Id, Item>;
  /** Items not to recommend, beside those in `history`. */
  readonly exclude?: Iterable<Id>;
}

export interface Recommendation {
  readonly itemId: Id;
  /** On the scale of the ratings: a predicted rating (`model`), or a damped mean (`popularity`, `genre`). */
  readonly score: number;
  /** Who chose it: the model, or the cold start by general popularity or by the user's favourite genres. */
  readonly source: "model" | "popularity" | "genre";
  /** A sentence for a person. */
  readonly reason: string;
}

/**
 * The `n` best items for a user that the user has not rated, in descending order of score: exactly `n` when so many
 * are left, else all that are left.
 *
 * A user the model knows gets its highest estimates; at equal estimates the lower id comes first. What the model
 * cannot fill (it knows only items that were rated when it was trained) and everything for a user it does not know
 * comes from the cold start: see {@link coldStart} for its order.
 *
 * Items are chosen by their unclipped score and shown with the score clipped to the scale. The score of a cold start,
 * n·avg/(n + 100), is cautious: for an item with few ratings it is below the item's mean, often at the scale's end.
 * When two sources meet in one list, shown scores decide the order, at equal ones the order of choice.
 *
 * @throws invalid_input when `n` is not a whole number of 0 or more
 *
 * @example
 * recommend({ model, coldStart, userId: 1, history, n: 10 })[0];
 * // { itemId: 318, score: 4.87, source: "model", reason: "predicted 4.9: like “Heat (1995)”, which you rated 5" }
 */
export function recommend(request: RecommendRequest): Recommendation[] {
  const { model, coldStart, userId, history, n, items, exclude = [] } = request;
  if (!Number.isSafeInteger(n) || n < 0) {
    throw new TamisError("invalid_input", `n is ${n}; it must be a whole number of 0 or more.`);
  }
  const seen = new Set<Id>();
  for (const { itemId } of history) seen.add(canonicalId(itemId));
  for (const itemId of exclude) seen.add(canonicalId(itemId));

  const chosen: Recommendation[] = [];
  if (model?.knowsUser(userId)) {
    const explain = explainModel(model, userId, history, items);
    for (const { itemId, score } of topItems(model.itemIds, model.scoreItems(userId), n, seen)) {
      const shown = clip(score, model.scale);
      chosen.push({ itemId, score: shown, source: "model", reason: explain(itemId, shown) });
      seen.add(itemId);
    }
  }
  for (const pick of coldStart.pick({ n: n - chosen.length, history, seen })) {
    chosen.push({
      itemId: pick.itemId,
      score: clip(pick.score, coldStart.scale),
      source: pick.genre ? "genre" : "popularity",
      reason: explainColdStart(pick),
    });
  }
  return chosen.sort((a, b) => b.score - a.score);
}

function clip(score: number, { min, max }: { min: number; max: number }): number {
  return Math.min(max, Math.max(min, score));
}
