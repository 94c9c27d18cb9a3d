import { createRandom, TamisError } from "@tamis/core";

/** A mean with what chance may have made of it. */
export interface Interval {
  readonly mean: number;
  /** The mean lies between `low` and `high` with the confidence asked for. */
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  /** @default 0.95 */
  readonly confidence?: number;
  /** How many times to draw. @default 1000 */
  readonly resamples?: number;
  /** @default 42 */
  readonly seed?: number;
}

/**
 * The percentile bootstrap interval of a mean: as many values as there are, drawn from them with replacement, over and
 * over; `low` and `high` cut off (1 − confidence) / 2 of the means so drawn on either side.
 *
 * @param values - of units that are independent of each other: users, not their ratings
 * @throws invalid_input for no values, or a confidence or number of draws that makes no sense
 * @source Efron, Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13
 */
export function bootstrapMean(values: ArrayLike<number>, options: BootstrapOptions = {}): Interval {
  const { confidence = 0.95, resamples = 1000, seed = 42 } = options;
  if (values.length === 0) throw new TamisError("invalid_input", "No values: there is no mean to bound.");
  if (!(confidence > 0 && confidence < 1) || !Number.isInteger(resamples) || resamples < 1) {
    throw new TamisError(
      "invalid_input",
      `A confidence of ${confidence} over ${resamples} resamples is not possible; it needs one in (0, 1) and 1 or more.`,
    );
  }
  const random = createRandom(seed);
  const n = values.length;
  const means = new Float64Array(resamples);
  for (let sample = 0; sample < resamples; sample++) {
    let sum = 0;
    for (let drawn = 0; drawn < n; drawn++) sum += values[random.integer(n)]!;
    means[sample] = sum / n;
  }
  means.sort();
  const tail = (1 - confidence) / 2;
  return { mean: meanOf(values), low: quantile(means, tail), high: quantile(means, 1 - tail) };
}

/** Σ values / their number. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let n = 0; n < values.length; n++) sum += values[n]!;
  return sum / values.length;
}

/** Of sorted values, linear between two of them. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const next = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (at - below) * (sorted[next]! - sorted[below]!);
}
