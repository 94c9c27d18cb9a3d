import { drawNewPoint } from "./draw-new-point.ts";
import { gridOf } from "./search-space.ts";
import type { Strategy } from "./strategy.ts";
import { successiveHalving } from "./successive-halving.ts";
import { treeParzen } from "./tree-parzen.ts";

/** Every combination once, in a random order: a budget that ends early has then seen all parts of the space. */
const grid: Strategy = (space, measured, random) => {
  const point = random.fork("grid").shuffle(gridOf(space))[measured.length];
  return point && { point, share: 1 };
};

/**
 * Points drawn evenly, none twice.
 *
 * @source Bergstra, Bengio, "Random Search for Hyper-Parameter Optimization", JMLR 13, 2012: better than a grid when
 * few of the options matter
 */
const randomSearch: Strategy = (space, measured, random) => {
  const point = drawNewPoint(space, measured, random);
  return point && { point, share: 1 };
};

/** The strategies of a search, by name. */
export const strategies = {
  tpe: treeParzen,
  halving: successiveHalving,
  random: randomSearch,
  grid,
} satisfies Record<string, Strategy>;

/** Whether its proposals do not depend on scores, so that any number of them can be measured at the same time. */
export const isBlind = (name: StrategyName): boolean => name === "random" || name === "grid";

export type StrategyName = keyof typeof strategies;

/** The strategies that a search knows, by name. */
export const strategyNames = Object.keys(strategies) as readonly StrategyName[];
