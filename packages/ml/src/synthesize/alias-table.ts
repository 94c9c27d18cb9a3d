import type { Random } from "@tamis/core";

/** Draws an index with a probability proportional to its weight, in constant time. */
export type DrawIndex = (random: Random) => number;

/**
 * Prepares weighted draws: O(weights) once, then one uniform number a draw.
 *
 * @param weights - one a index, finite and not negative, at least one positive
 * @source Vose, "A Linear Algorithm for Generating Random Numbers with a Given Distribution", IEEE TSE 17(9), 1991
 */
export function aliasTable(weights: Float64Array): DrawIndex {
  const size = weights.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const keep = weights.map((weight) => (weight * size) / total);
  const alias = Int32Array.from(weights, (_, index) => index);
  const small: number[] = [];
  const large: number[] = [];
  for (let index = 0; index < size; index++) (keep[index]! < 1 ? small : large).push(index);

  while (small.length > 0 && large.length > 0) {
    const poor = small.pop()!;
    const rich = large[large.length - 1]!;
    alias[poor] = rich;
    keep[rich] = keep[rich]! - (1 - keep[poor]!);
    if (keep[rich]! < 1) small.push(large.pop()!);
  }
  // What is left is 1 up to rounding.
  for (const index of [...small, ...large]) keep[index] = 1;

  return (random) => {
    const draw = random.uniform() * size;
    const index = Math.floor(draw);
    return draw - index < keep[index]! ? index : alias[index]!;
  };
}
