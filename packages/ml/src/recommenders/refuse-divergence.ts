import { TamisError } from "@tamis/core";

/**
 * Refuses what a descent has found when it holds a number that is not finite.
 *
 * @throws analysis, with what to change
 */
export function refuseDivergence(
  algorithm: string,
  parameters: Readonly<Record<string, Float64Array>>,
): void {
  if (Object.values(parameters).every(allFinite)) return;
  throw new TamisError(
    "analysis",
    `${algorithm}: the descent diverged; use a smaller learningRate or a larger regularization.`,
  );
}

/** A sum is not finite as soon as one term is not. */
function allFinite(values: Float64Array): boolean {
  let sum = 0;
  for (let n = 0; n < values.length; n++) sum += values[n]!;
  return Number.isFinite(sum);
}
