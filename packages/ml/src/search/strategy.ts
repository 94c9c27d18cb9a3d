import type { Random } from "@tamis/core";
import type { Point, SearchSpace } from "./search-space.ts";

/**
 * Proposes what to measure next, from what was measured or is being measured, in order; nothing when the space is exhausted. It remembers
 * nothing: the same past and seed give the same proposal, which is what makes a search resumable.
 *
 * @param random - of the whole search: to be forked, by a name of its own for each proposal
 */
export type Strategy = (
  space: SearchSpace,
  measured: readonly (Proposal | Measured)[],
  random: Random,
) => Proposal | undefined;

/** What to measure: a point, with a share (above 0, at most 1) of the full effort. */
export interface Proposal {
  readonly point: Point;
  readonly share: number;
}

/** Whether it was measured; otherwise it is being measured. */
export function isMeasured(proposal: Proposal | Measured): proposal is Measured {
  return "cost" in proposal;
}

/** A proposal that was measured: the lower the cost, the better; `Infinity` when it could not be measured. */
export interface Measured extends Proposal {
  readonly cost: number;
}
