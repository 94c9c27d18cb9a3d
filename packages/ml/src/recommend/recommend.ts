import { canonicalId, type Id, type Item, TamisError } from "@tamis/core";
import type { History, Model } from "../recommender.ts";
import type { ColdStart } from "../recommenders/cold-start.ts";
import { explainColdStart, explainModel } from "./explain.ts";
import { createListBuilder } from "./list-builder.ts";
import type { RecommendRules } from "./rules.ts";

export interface RecommendRequest {
  /** Absent when none was trained yet: everybody gets the cold start. */
  readonly model: Model | undefined;
  readonly coldStart: ColdStart;
  readonly userId: Id;
  /** What the user has rated, now: never recommended again, and what an unknown user is folded in or judged by. */
  readonly history: History;
  /** How many; 0 is allowed. */
  readonly n: number;
  /** Titles for the reasons, and what rules look at. */
  readonly items?: ReadonlyMap<Id, Item>;
  /** Items not to recommend, beside those in `history`. */
  readonly exclude?: Iterable<Id>;
  /** What the list should be, beside good. */
  readonly rules?: RecommendRules;
  /**
   * The items of the pages before, in their order: this page goes on after them. None of them comes again, whatever was
   * rated or trained in between; when nothing was, the pages together are the list that is asked for at once.
   */
  readonly shown?: readonly Id[];
}

export interface Recommendation {
  readonly itemId: Id;
  /** On the scale of the ratings: a predicted rating (`model`), or a damped mean (`popularity`, `genre`). */
  readonly score: number;
  /** Who chose it: the model, or the cold start by general popularity or by the user's favourite genres. */
  readonly source: "model" | "popularity" | "genre";
  /** A sentence for a person. */
  readonly reason: string;
  /**
   * Which rules of the request touched it, and only there: `include`, `where` and `minimum_score` let it in, `boost:NAME`
   * changed what it was ranked by, `cap` put it in the place of a better one of a full group, `diversity` before a better
   * one or after a worse one.
   */
  readonly rules?: readonly string[];
}

/**
 * The `n` best items for a user that the user has not rated, in descending order of score: exactly `n` when so many
 * are left, else all that are left.
 *
 * A user the model knows gets its highest estimates; at equal estimates the lower id comes first. So does one it does
 * not know, by what they have rated, when the model can fold them in. What the model cannot fill (it knows only items
 * that were rated when it was trained) and everything for somebody of whom nothing is known comes from the cold start:
 * favourite genres, then popularity, then the newest; see {@link coldStart}. So the list is never empty while an item
 * is allowed.
 *
 * Items are chosen by their unclipped score and shown with the score clipped to the scale. The score of a cold start,
 * n·avg/(n + 100), is cautious: for an item with few ratings it is below the item's mean, often at the scale's end.
 * When two sources meet in one list, shown scores decide the order, at equal ones the order of choice; with `rules` or
 * `shown` the order is that of choice, since scores are then not all that counts.
 *
 * @throws invalid_input when `n` is not a whole number of 0 or more, or a rule cannot be followed
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

  const list = createListBuilder({ ...request, seen });
  const chosen: Recommendation[] = [];
  const scores = model && scoresFor(model, userId, history);
  if (model && scores) {
    const explain = explainModel(model, userId, history, items);
    for (const { score, ...rest } of list.addBest(model.itemIds, scores, n)) {
      const shown = clip(score, model.scale);
      chosen.push({ ...rest, score: shown, source: "model", reason: explain(rest.itemId, shown) });
    }
  }
  for (const pick of list.addPicks(coldStart, history, n - chosen.length)) {
    chosen.push({
      itemId: pick.itemId,
      score: clip(pick.score, coldStart.scale),
      source: pick.genre ? "genre" : "popularity",
      reason: explainColdStart(pick),
      ...(pick.rules && { rules: pick.rules }),
    });
  }
  return request.rules || request.shown ? chosen : chosen.sort((a, b) => b.score - a.score);
}

/** Nothing for somebody unknown who has rated nothing that the model knows, or whom it cannot fold in. */
function scoresFor(model: Model, userId: Id, history: History): Float64Array | undefined {
  if (model.knowsUser(userId)) return model.scoreItems(userId);
  return history.some(({ itemId }) => model.knowsItem(itemId)) ? model.foldIn?.(history) : undefined;
}

function clip(score: number, { min, max }: { min: number; max: number }): number {
  return Math.min(max, Math.max(min, score));
}
