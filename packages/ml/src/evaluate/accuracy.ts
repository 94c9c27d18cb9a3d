import { TamisError } from "@tamis/core";

/**
 * Root mean squared error, in units of the scale:
 *
 *     RMSE = √( Σ (r̂ − r)² / n )
 *
 * over all n rows; a prediction that fell back to a mean counts like any other.
 *
 * @throws invalid_input when the lengths differ; analysis for no rows
 */
export function rmse(estimates: ArrayLike<number>, ratings: ArrayLike<number>): number {
  return Math.sqrt(mse(estimates, ratings));
}

/**
 * Mean squared error, in units of the scale squared:
 *
 *     MSE = Σ (r̂ − r)² / n
 *
 * @throws invalid_input when the lengths differ; analysis for no rows
 */
export function mse(estimates: ArrayLike<number>, ratings: ArrayLike<number>): number {
  return meanError(estimates, ratings, (error) => error * error);
}

/**
 * Mean absolute error, in units of the scale:
 *
 *     MAE = Σ |r̂ − r| / n
 *
 * @throws invalid_input when the lengths differ; analysis for no rows
 */
export function mae(estimates: ArrayLike<number>, ratings: ArrayLike<number>): number {
  return meanError(estimates, ratings, Math.abs);
}

function meanError(
  estimates: ArrayLike<number>,
  ratings: ArrayLike<number>,
  cost: (error: number) => number,
): number {
  if (estimates.length !== ratings.length) {
    throw new TamisError(
      "invalid_input",
      `${estimates.length} estimates cannot be compared with ${ratings.length} ratings; give one for each.`,
    );
  }
  if (ratings.length === 0) throw new TamisError("analysis", "The error over no ratings is not defined.");
  let sum = 0;
  for (let p = 0; p < ratings.length; p++) sum += cost(estimates[p]! - ratings[p]!);
  return sum / ratings.length;
}
