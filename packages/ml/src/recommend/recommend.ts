import { canonicalId, type Id, type Item } from "@tamis/core";
import type { History, Model } from "../recommender.ts";
import type { ColdStart, ColdStartPick } from "../recommenders/cold-start.ts";
import { checkCount } from "./check-count.ts";
import { explainColdStart, explainModel } from "./explain.ts";
import { createListBuilder } from "./list-builder.ts";
import { type RankedBy, rankedBy } from "./ranked-by.ts";
import type { RecommendRules } from "./rules.ts";
import { scoresFor } from "./user-scores.ts";

export interface RecommendRequest {
  /** Absent when none was trained yet: everybody gets the cold start. */
  readonly model: Model | undefined;
  readonly coldStart: ColdStart;
  readonly userId: Id;
  /** What the user has rated, now: never recommended again, and what they are folded in or judged by. */
  readonly history: History;
  /** How many; 0 is allowed. */
  readonly n: number;
  /** Titles, and what rules look at. */
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

/** A list, and which model ordered it. */
export interface Recommendations {
  readonly rankedBy: RankedBy;
  readonly recommendations: readonly Recommendation[];
}

export interface Recommendation extends ChosenItem {
  /** Of `items`; the id where there is none. */
  readonly title: string;
  /** A sentence for a person. */
  readonly reason: string;
  /**
   * Which rules of the request touched it, and only there: `include`, `where` and `minimum_score` let it in, `boost:NAME`
   * changed what it was ranked by, `cap` put it in the place of a better one of a full group, `diversity` before a better
   * one or after a worse one.
   */
  readonly rules?: readonly string[];
}

/** An item of a list, and where it comes from. */
export interface ChosenItem {
  readonly itemId: Id;
  /**
   * On the scale of the ratings, a predicted rating or a damped mean (`genre`, `popularity`, `newest`); from a ranking model,
   * its own score, of any size.
   */
  readonly score: number;
  /**
   * Who chose it: the model that was trained with the user (`model`) or met them by their ratings (`fold_in`); else the cold
   * start, for a favourite genre, for popularity, or because it is new and nobody has rated it.
   */
  readonly source: "model" | "fold_in" | ColdStartPick["source"];
}

/**
 * The `n` best items for a user that the user has not rated: exactly `n` when so many are left, else all that are left.
 *
 * They come from the first of these that has any to give, and the next ones fill up: the model's scores of a user it
 * knows, or of the ratings of one it can fold in; the most popular of favourite genres; what is popular (a damped mean,
 * items with fewer than ten ratings last); the newest of what nobody has rated. See {@link coldStart}. So the list is
 * never empty while an item is allowed. A known user is scored by their present ratings, when the model can do so
 * exactly. At equal scores the lower id comes first.
 *
 * Items are chosen by their unclipped score. Of a model of ratings, scores are shown clipped to the scale, and when two
 * sources meet in one list, shown scores decide the order, at equal ones the order of choice; with `rules` or `shown`
 * the order is that of choice, since scores are then not all that counts. The scores of a ranking model are shown as
 * they are and never compared with others: what fills up comes after.
 *
 * @throws invalid_input when `n` is not a whole number of 0 or more, or a rule cannot be followed
 *
 * @example
 * recommend({ model, coldStart, userId: 1, history, n: 10, items }).recommendations[0];
 * // { itemId: 318, title: "Seven", score: 4.87, source: "model", reason: "predicted 4.9: like “Heat (1995)”, which…" }
 */
export function recommend(request: RecommendRequest): Recommendations {
  const { model, userId, history, items } = request;
  const { chosen, source } = chooseItems(request);
  const explain = model && explainModel(model, userId, history, items);
  return {
    rankedBy: rankedBy(model, source, history.length),
    recommendations: chosen.map(({ pick, ...each }) => ({
      ...each,
      title: items?.get(each.itemId)?.title ?? String(each.itemId),
      reason: pick ? explainColdStart(pick) : explain!(each.itemId, each.score),
    })),
  };
}

interface Choice extends ChosenItem {
  readonly rules?: readonly string[];
  /** Of the cold start. */
  readonly pick?: ColdStartPick;
}

/** The items of {@link recommend}, without the words. `source` of the model's scores, when it has any. */
export function chooseItems(request: RecommendRequest): {
  chosen: readonly Choice[];
  source: "model" | "fold_in" | undefined;
} {
  const { model, coldStart, userId, history, n, exclude = [] } = request;
  checkCount(n);
  const seen = new Set<Id>();
  for (const { itemId } of history) seen.add(canonicalId(itemId));
  for (const itemId of exclude) seen.add(canonicalId(itemId));

  const list = createListBuilder({ ...request, seen });
  const chosen: Choice[] = [];
  const scores = model && scoresFor(model, userId, history);
  const isRanking = model?.kind === "ranking";
  if (model && scores) {
    for (const best of list.addBest(scores, n)) {
      const score = isRanking ? best.score : clip(best.score, model.scale);
      chosen.push({ ...best, score, source: scores.source });
    }
  }
  for (const pick of list.addPicks(coldStart, history, n - chosen.length)) {
    const { itemId, source, rules } = pick;
    chosen.push({ itemId, score: clip(pick.score, coldStart.scale), source, pick, ...(rules && { rules }) });
  }
  const keepsOrder = request.rules || request.shown || (isRanking && scores);
  if (!keepsOrder) chosen.sort((a, b) => b.score - a.score);
  return { chosen, source: scores?.source };
}

function clip(score: number, { min, max }: { min: number; max: number }): number {
  return Math.min(max, Math.max(min, score));
}
