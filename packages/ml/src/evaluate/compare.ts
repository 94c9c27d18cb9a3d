import { createRandom, TamisError } from "@tamis/core";
import { bootstrapMean, type Interval, meanOf } from "./bootstrap.ts";
import { type ListMetricName, type RankValidation, valuesByUser } from "./rank-validate.ts";

/** How much higher A is than B. */
export interface PairedComparison extends Interval {
  /**
   * The chance of a mean difference this far from 0, on either side, if A and B were alike: 1 / (resamples + 1) at
   * least. It says nothing about how large the difference is.
   */
  readonly pValue: number;
  /** How many pairs there are. */
  readonly pairs: number;
}

export interface ComparisonOptions {
  /** Of the interval. @default 0.95 */
  readonly confidence?: number;
  /** Draws of the interval and of the test. @default 10000 */
  readonly resamples?: number;
  /** @default 42 */
  readonly seed?: number;
}

/**
 * Compares two models by the values they reach for the same units (users, or rows). With d = a − b:
 *
 * - the mean of d with its percentile bootstrap interval;
 * - the p-value of the two-sided randomisation test: were A and B alike, each d would as well have the other sign, so
 *   signs are drawn over and over; p = (1 + draws with |mean| ≥ the one seen) / (1 + draws).
 *
 * Neither supposes a normal distribution.
 *
 * @throws invalid_input when there are no pairs, or the lengths differ
 * @source Smucker, Allan, Carterette, "A Comparison of Statistical Significance Tests for Information Retrieval
 * Evaluation", CIKM 2007
 */
export function comparePaired(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { confidence = 0.95, resamples = 10_000, seed = 42 }: ComparisonOptions = {},
): PairedComparison {
  if (a.length !== b.length) {
    throw new TamisError(
      "invalid_input",
      `${a.length} values cannot be paired with ${b.length}; measure both models on the same folds.`,
    );
  }
  const differences = Float64Array.from(a, (value, n) => value - b[n]!);
  const interval = bootstrapMean(differences, { confidence, resamples, seed });
  const random = createRandom(seed).fork("signs");
  // Two sums of the same numbers in another order differ in the last digits.
  const seen = Math.abs(interval.mean) * (1 - 1e-12);
  let asFar = 0;
  for (let sample = 0; sample < resamples; sample++) {
    if (Math.abs(meanOf(withDrawnSigns(differences, random))) >= seen) asFar++;
  }
  return { ...interval, pValue: (1 + asFar) / (1 + resamples), pairs: differences.length };
}

/**
 * Compares the lists of two recommenders that were validated on the same folds: by user, with the mean of a user's
 * folds as value, since the folds of one user are not independent of each other.
 *
 * @throws invalid_input when they were not judged on the same folds, k and candidates
 *
 * @example
 * const [a, b] = [await rankValidate(table, ease()), await rankValidate(table, itemKnn())];
 * compareRankings(a, b, "ndcg").low > 0; // whether EASE is better, beyond chance
 */
export function compareRankings(
  a: RankValidation,
  b: RankValidation,
  metric: ListMetricName,
  options: ComparisonOptions = {},
): PairedComparison {
  const judgedOn = ({ k, candidates, folds }: RankValidation) =>
    JSON.stringify([k, candidates, folds.map(({ userIds }) => userIds)]);
  if (judgedOn(a) !== judgedOn(b)) {
    throw new TamisError(
      "invalid_input",
      `${a.model} and ${b.model} were not judged on the same users, k and candidates; use the same folds, seed and options.`,
    );
  }
  const [ofA, ofB] = [valuesByUser(a.folds, metric), valuesByUser(b.folds, metric)];
  return comparePaired([...ofA.values()], [...ofB.values()], options);
}

function withDrawnSigns(differences: Float64Array, random: ReturnType<typeof createRandom>): Float64Array {
  let bits = 0;
  return differences.map((difference, n) => {
    if (n % 32 === 0) bits = random.uint32();
    const drawn = bits & 1;
    bits >>>= 1;
    return drawn === 1 ? difference : -difference;
  });
}
