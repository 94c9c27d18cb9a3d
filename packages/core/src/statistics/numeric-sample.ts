/**
 * A sample of numbers as its distinct values and how often each occurs: all that a comparison of two samples needs,
 * and no longer than the number of distinct values, so that a baseline can be kept without keeping the rows.
 */
export interface NumericSample {
  /** Distinct, ascending, finite. */
  readonly values: Float64Array;
  /** How many rows hold each of `values`; all above 0. */
  readonly counts: Float64Array;
  /** Rows with a finite number: the sum of `counts`. */
  readonly size: number;
  /** Rows without one: null, undefined, NaN, ±∞. */
  readonly missing: number;
}

/** Mean, spread and range of a sample, in the unit of its values. All NaN for an empty sample. */
export interface NumericSummary {
  readonly mean: number;
  /** Divided by n, not n − 1. */
  readonly populationDeviation: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** Counts a column of numbers; the order of the rows plays no part. O(n log n). */
export function numericSample(column: ArrayLike<number | null | undefined>): NumericSample {
  const finite = new Float64Array(column.length);
  let size = 0;
  for (let row = 0; row < column.length; row++) {
    const value = column[row];
    // + 0 makes −0 the same value as 0.
    if (typeof value === "number" && Number.isFinite(value)) finite[size++] = value + 0;
  }
  const sorted = finite.subarray(0, size).sort();
  let distinct = 0;
  const counts = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    if (row === 0 || sorted[row] !== sorted[distinct - 1]) sorted[distinct++] = sorted[row]!;
    counts[distinct - 1]!++;
  }
  const values = sorted.slice(0, distinct);
  return { values, counts: counts.slice(0, distinct), size, missing: column.length - size };
}

/** The {@link NumericSummary} of a sample. Two passes, so that values near 10^12 lose no digits of their spread. */
export function summarise(sample: NumericSample): NumericSummary {
  const { values, counts, size } = sample;
  const origin = values[0] ?? Number.NaN;
  let shift = 0;
  for (let n = 0; n < values.length; n++) shift += counts[n]! * (values[n]! - origin);
  const mean = origin + shift / size;
  let squares = 0;
  for (let n = 0; n < values.length; n++) squares += counts[n]! * (values[n]! - mean) ** 2;
  return {
    mean,
    populationDeviation: Math.sqrt(squares / size),
    minimum: origin,
    maximum: values.at(-1) ?? Number.NaN,
  };
}

/**
 * The quantile at `probability` (0…1): linear between the order statistics around (n − 1) · probability.
 * NaN for an empty sample.
 *
 * @source Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996, definition 7 (NumPy's and R's default)
 */
export function quantile(sample: NumericSample, probability: number): number {
  const place = (sample.size - 1) * probability;
  const below = orderStatistic(sample, Math.floor(place));
  const above = orderStatistic(sample, Math.ceil(place));
  return below + (place - Math.floor(place)) * (above - below);
}

/** The value of 0-based rank `rank`. */
function orderStatistic({ values, counts }: NumericSample, rank: number): number {
  let seen = 0;
  for (let n = 0; n < values.length; n++) {
    seen += counts[n]!;
    if (rank < seen) return values[n]!;
  }
  return Number.NaN;
}
