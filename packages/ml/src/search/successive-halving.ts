import { drawNewPoint } from "./draw-new-point.ts";
import { keyOf } from "./search-space.ts";
import { isMeasured, type Measured, type Proposal, type Strategy } from "./strategy.ts";

/** One point in so many goes on to the next rung, with so many times the effort. */
const reduction = 3;
/** The share of the full effort on each rung: the first gets 1/9 of it. */
const rungs = [1 / reduction ** 2, 1 / reduction, 1];

/**
 * Successive halving without an end: each random point is measured with a ninth of the epochs, the best third of these
 * with a third, the best third of those with all. A point goes on as soon as it is among the best third of its rung, so
 * the search can stop at any time and never needs to know its budget.
 *
 * Costs 1/9 + 1/9 + 1/9 of a full measurement per point on average. It misleads where few epochs favour options that
 * many epochs do not (a high learning rate): then use another strategy.
 *
 * @source Li et al., "A System for Massively Parallel Hyperparameter Tuning" (ASHA), MLSys 2020, algorithm 2, with η = 3
 */
export const successiveHalving: Strategy = (space, measured, random) => {
  for (let rung = rungs.length - 2; rung >= 0; rung--) {
    const next = promotable(measured, rungs[rung]!, rungs[rung + 1]!);
    if (next) return { point: next.point, share: rungs[rung + 1]! };
  }
  const point = drawNewPoint(space, measured, random);
  return point && { point, share: rungs[0]! };
};

/** The best point that belongs to the best third of those measured on a rung and has not begun on the next one. */
function promotable(
  measured: readonly (Proposal | Measured)[],
  share: number,
  nextShare: number,
): Measured | undefined {
  const here = measured
    .filter(isMeasured)
    .filter((each) => each.share === share)
    .sort((a, b) => a.cost - b.cost);
  const gone = new Set(measured.filter((each) => each.share === nextShare).map(({ point }) => keyOf(point)));
  return here
    .slice(0, Math.floor(here.length / reduction))
    .find(({ point, cost }) => cost < Number.POSITIVE_INFINITY && !gone.has(keyOf(point)));
}
