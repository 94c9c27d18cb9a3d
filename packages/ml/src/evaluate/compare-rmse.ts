import { createRandom } from "@tamis/core";
import type { Interval } from "./bootstrap.ts";
import type { ComparisonOptions, PairedComparison } from "./compare.ts";
import { pairErrors } from "./compare-errors.ts";
import type { CrossValidation } from "./cross-validate.ts";

/**
 * Compares the RMSE of two recommenders that were cross-validated on the same folds, over all test rows. Users are the
 * units, each with all their rows, since the errors of one user are not independent of each other:
 *
 * - the difference a − b with its percentile bootstrap interval, from drawing users with replacement;
 * - the p-value of the two-sided randomisation test: were A and B alike, their errors on a user's rows could as well
 *   change places, so they do at random over and over; p = (1 + draws with |difference| ≥ the one seen) / (1 + draws).
 *
 * Neither supposes a normal distribution, or folds that are independent: the training parts of folds overlap, which makes
 * a t-test over folds find differences that are not there.
 *
 * @throws invalid_input when they were not tested on the same rows of the same users
 * @source Noreen, "Computer-Intensive Methods for Testing Hypotheses", 1989; Smucker, Allan, Carterette, CIKM 2007;
 * on folds: Nadeau, Bengio, "Inference for the Generalization Error", Machine Learning 52, 2003
 */
export function compareRmse(
  a: CrossValidation,
  b: CrossValidation,
  { confidence = 0.95, resamples = 10_000, seed = 42 }: ComparisonOptions = {},
): PairedComparison {
  const pairs = pairErrors(a, b);
  const rows = Float64Array.from(pairs, ([ofA]) => ofA[2]);
  const squaredA = Float64Array.from(pairs, ([ofA]) => ofA[0]);
  const squaredB = Float64Array.from(pairs, ([, ofB]) => ofB[0]);
  const total = sum(rows);
  const seen = Math.sqrt(sum(squaredA) / total) - Math.sqrt(sum(squaredB) / total);

  const random = createRandom(seed);
  const swaps = random.fork("swaps");
  const draws = new Float64Array(resamples);
  let asFar = 0;
  for (let sample = 0; sample < resamples; sample++) {
    draws[sample] = drawnDifference(squaredA, squaredB, rows, random);
    const swapped = swappedDifference(squaredA, squaredB, total, swaps);
    // Two sums of the same numbers in another order differ in the last digits.
    if (Math.abs(swapped) >= Math.abs(seen) * (1 - 1e-12)) asFar++;
  }
  return {
    ...ends(draws, confidence),
    mean: seen,
    pValue: (1 + asFar) / (1 + resamples),
    pairs: pairs.length,
  };
}

type Random = ReturnType<typeof createRandom>;

function drawnDifference(a: Float64Array, b: Float64Array, rows: Float64Array, random: Random): number {
  let [sumA, sumB, count] = [0, 0, 0];
  for (let drawn = 0; drawn < rows.length; drawn++) {
    const user = random.integer(rows.length);
    sumA += a[user]!;
    sumB += b[user]!;
    count += rows[user]!;
  }
  return Math.sqrt(sumA / count) - Math.sqrt(sumB / count);
}

function swappedDifference(a: Float64Array, b: Float64Array, total: number, random: Random): number {
  let [sumA, sumB, bits] = [0, 0, 0];
  for (let user = 0; user < a.length; user++) {
    if (user % 32 === 0) bits = random.uint32();
    const stays = (bits & 1) === 1;
    bits >>>= 1;
    sumA += stays ? a[user]! : b[user]!;
    sumB += stays ? b[user]! : a[user]!;
  }
  return Math.sqrt(sumA / total) - Math.sqrt(sumB / total);
}

function ends(draws: Float64Array, confidence: number): Pick<Interval, "low" | "high"> {
  const sorted = draws.sort();
  const last = sorted.length - 1;
  const tail = (1 - confidence) / 2;
  return { low: sorted[Math.floor(tail * last)]!, high: sorted[Math.ceil((1 - tail) * last)]! };
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
