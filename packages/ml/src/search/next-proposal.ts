import type { Random } from "@tamis/core";
import type { SearchSpace } from "./search-space.ts";
import { isBlind, type StrategyName, strategies } from "./strategies.ts";
import type { Measured, Proposal } from "./strategy.ts";

/** How a search makes its proposals. */
export interface Proposing {
  readonly strategy: StrategyName;
  readonly space: SearchSpace;
  /** How many of the proposals right before one it does without the scores of. */
  readonly pending: number;
  readonly random: Random;
}

/**
 * The proposal after those that were measured, in order, and those that are being measured. Of the last `pending` it knows
 * the points alone, even where there is a score by now: so it does not matter how fast they were. When that leaves
 * nothing to propose (a rung of halving waits for its scores), it is told one more score at a time.
 *
 * @returns nothing when the space is exhausted; `later` when it takes scores that are still being measured
 */
export function nextProposal(
  { strategy, space, pending, random }: Proposing,
  measured: readonly Measured[],
  running: readonly Proposal[],
): Proposal | "later" | undefined {
  const all = [...measured, ...running];
  const unscored = all.map(({ point, share }) => ({ point, share }));
  const propose = (scored: number) =>
    strategies[strategy](space, [...measured.slice(0, scored), ...unscored.slice(scored)], random);
  if (isBlind(strategy)) return propose(0);
  for (let scored = Math.max(0, all.length - pending); scored <= measured.length; scored++) {
    const proposal = propose(scored);
    if (proposal) return proposal;
  }
  return running.length > 0 ? "later" : undefined;
}
