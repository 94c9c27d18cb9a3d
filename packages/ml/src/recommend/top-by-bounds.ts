import { compareIds, type Id } from "@tamis/core";
import { blockLength, type ScoreBounds } from "../kernels/score-bounds.ts";
import type { ScoreFactors, TasteFactors } from "../recommender.ts";
import { dotProduct } from "../recommenders/dot-product.ts";
import { type TopItem, topNumbers } from "./top-items.ts";

/**
 * The list that the scores of all items give, from the scores of a few: the n items of highest bound are scored, and then
 * every other one whose bound is not below the worst of these n. No other item can belong into the list.
 */
export function topByBounds(
  itemIds: readonly Id[],
  { rank, items, biases }: ScoreFactors,
  { row, offset }: TasteFactors,
  { bounds, highest }: ScoreBounds,
  n: number,
  seen: Pick<ReadonlySet<Id>, "has">,
): TopItem[] {
  const scoreOf = (item: number) => offset + biases[item]! + dotProduct(row, 0, items, item * rank, rank);
  const promising = topNumbers(itemIds, bounds, n, seen, highest);
  const worst = promising.length < n ? Number.NEGATIVE_INFINITY : Math.min(...promising.map(scoreOf));
  // Bounds are without the offset, which scores are rounded with.
  const least = worst - offset - 2 ** -50 * (Math.abs(worst) + Math.abs(offset));
  const top: TopItem[] = [];
  for (let block = 0; block < highest.length; block++) {
    if (highest[block]! < least) continue;
    const end = Math.min((block + 1) * blockLength, itemIds.length);
    for (let item = block * blockLength; item < end; item++) {
      if (bounds[item]! < least || seen.has(itemIds[item]!)) continue;
      top.push({ itemId: itemIds[item]!, score: scoreOf(item) });
    }
  }
  return top.sort((a, b) => b.score - a.score || compareIds(a.itemId, b.itemId)).slice(0, n);
}
