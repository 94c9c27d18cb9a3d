import { compareIds, type Id } from "@tamis/core";
import type { ScoreFactors, TasteFactors } from "../recommender.ts";
import { dotProduct } from "../recommenders/dot-product.ts";
import type { TopItem } from "./top-items.ts";

/** How many candidates beyond the list are taken, for those that float32 puts in another order. */
export const spareCandidates = 8;

/** The best items by scores in float32, without what is added to all scores alike. */
export interface Candidates {
  /** Their numbers: all that are better than `cutoff`. */
  readonly items: ArrayLike<number>;
  /** No other item scores higher in float32; `undefined` when there is no other. */
  readonly cutoff: number | undefined;
}

/**
 * Makes of candidates that were found in float32 the list that float64 gives: they are scored anew, and it is proved that
 * no other item belongs into it.
 *
 * A score in float32 is off by at most ε = (k + 4) · 2⁻²³ · (|b| + |p| |q|): each factor, product and sum is rounded
 * to 2⁻²⁴ of itself. So the list is right when its last score lies more than ε above the cutoff.
 *
 * @param bounds - see {@link boundsOf}
 * @returns `undefined` when that cannot be said: the scores are too close, or there are not enough candidates
 */
export function certifyTop(
  itemIds: readonly Id[],
  factors: ScoreFactors,
  { row, offset }: TasteFactors,
  { items, cutoff }: Candidates,
  bounds: FactorBounds,
  n: number,
): TopItem[] | undefined {
  const { rank } = factors;
  const longest = Math.sqrt(dotProduct(row, 0, row, 0, rank)) * bounds.row;
  // Beyond what float32 can hold there is nothing to go by; below it, at least the smallest number it can.
  const error = (rank + 4) * 2 ** -23 * (bounds.bias + longest) + 1e-30;
  if (!(error < 1e30)) return undefined;
  const top: TopItem[] = [];
  for (let place = 0; place < items.length; place++) {
    const item = items[place]!;
    const score = offset + factors.biases[item]! + dotProduct(row, 0, factors.items, item * rank, rank);
    top.push({ itemId: itemIds[item]!, score });
  }
  top.sort((a, b) => b.score - a.score || compareIds(a.itemId, b.itemId));
  if (cutoff === undefined) return top.slice(0, n);
  const last = top[n - 1];
  return last !== undefined && last.score - offset > cutoff + error ? top.slice(0, n) : undefined;
}

/** max |b_i| and max |q_i|. */
export interface FactorBounds {
  readonly bias: number;
  readonly row: number;
}

/** Computed once for a model. */
export function boundsOf(factors: ScoreFactors): FactorBounds {
  const known = knownBounds.get(factors);
  if (known) return known;
  const { rank, items, biases } = factors;
  let [bias, row] = [0, 0];
  for (let item = 0; item < biases.length; item++) {
    bias = Math.max(bias, Math.abs(biases[item]!));
    row = Math.max(row, dotProduct(items, item * rank, items, item * rank, rank));
  }
  const bounds = { bias, row: Math.sqrt(row) };
  knownBounds.set(factors, bounds);
  return bounds;
}

const knownBounds = new WeakMap<ScoreFactors, FactorBounds>();
