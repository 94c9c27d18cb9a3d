import type { Id, Item } from "@tamis/core";
import type { Model } from "../recommender.ts";
import type { TopItem } from "./top-items.ts";

/** How many of the best that are left the next item is chosen from, and what the spread of scores is taken over. */
export const diversityWindow = 100;

/** How alike two items are: 1 the same, 0 nothing in common. */
export type ItemSimilarity = (itemId: Id, otherItemId: Id) => number;

/**
 * Maximal marginal relevance: the item to add to a list is the one of highest
 *
 *     (1 − w) · rel(i) − w · max over the list of sim(i, j),    rel(i) = (score_i − s₁₀₀) / (s₁ − s₁₀₀)
 *
 * among the 100 best that are left; s₁ and s₁₀₀ are the first and the hundredth score of the whole ranking (the last
 * one, when there are fewer). So the choice depends on the ranking and the list so far and on nothing else, and a list
 * that is asked for in pages is the list that is asked for at once.
 *
 * @param weight - w, from 0 (by score alone) to 1 (as different as can be)
 * @param ranking - best first, with those that are in the list already
 * @returns gives the place, among those that are left, of the one to add to the list
 * @source Carbonell, Goldstein, "The Use of MMR, Diversity-Based Reranking for Reordering Documents and Producing
 * Summaries", SIGIR 1998, with λ = 1 − w
 */
export function createDiversity(
  weight: number,
  similarity: ItemSimilarity,
  ranking: readonly TopItem[],
): (left: readonly TopItem[], list: readonly Id[]) => number {
  const best = ranking[0]?.score ?? 0;
  const last = ranking[Math.min(diversityWindow, ranking.length) - 1]?.score ?? 0;
  const spread = best - last || 1;
  const compared = new Map<Id, { likeness: number; length: number }>();

  /** The highest similarity to an item of the list; only what was added since the last time is compared. */
  function likeness(itemId: Id, list: readonly Id[]): number {
    const before = compared.get(itemId) ?? { likeness: 0, length: 0 };
    let highest = before.likeness;
    for (let n = before.length; n < list.length; n++)
      highest = Math.max(highest, similarity(itemId, list[n]!));
    compared.set(itemId, { likeness: highest, length: list.length });
    return highest;
  }

  return (left, list) => {
    let chosen = 0;
    let highest = Number.NEGATIVE_INFINITY;
    for (const [place, { itemId, score }] of left.entries()) {
      const relevance = (score - last) / spread;
      const value = (1 - weight) * relevance - weight * likeness(itemId, list);
      if (value > highest) [chosen, highest] = [place, value];
    }
    return chosen;
  };
}

/**
 * The model's own similarity of items; where it has none, the share of genres that two items have in common,
 * |A ∩ B| / |A ∪ B|, 0 without genres; `undefined` when there are no genres to know either.
 */
export function similarityOf(
  model: Model | undefined,
  items: ReadonlyMap<Id, Item> | undefined,
): ItemSimilarity | undefined {
  if (model?.similarity) return (itemId, other) => model.similarity!(itemId, other);
  if (!items) return undefined;
  return (itemId, other) => {
    const genres = new Set(items.get(itemId)?.genres);
    const others = new Set(items.get(other)?.genres);
    const common = [...genres].filter((genre) => others.has(genre)).length;
    return common === 0 ? 0 : common / (genres.size + others.size - common);
  };
}
