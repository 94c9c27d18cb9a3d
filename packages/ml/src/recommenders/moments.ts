import type { SparseRows } from "../sparse-rows.ts";

/** The mean of the ratings of each x: shape (x). `ratings` is y × x, and every x is there at least once. */
export function meansOf({ columns, values }: SparseRows, xCount: number): Float64Array {
  const means = new Float64Array(xCount);
  const counts = new Int32Array(xCount);
  for (let p = 0; p < columns.length; p++) {
    means[columns[p]!]! += values[p]!;
    counts[columns[p]!]!++;
  }
  return means.map((sum, x) => sum / counts[x]!);
}

/**
 * The standard deviation of the ratings of each x, √(Σ (r − mean_x)² / n_x): shape (x). An x whose ratings are all
 * equal is given `overall`.
 */
export function deviationsOf(
  { columns, values }: SparseRows,
  means: Float64Array,
  overall: number,
): Float64Array {
  const xCount = means.length;
  const squares = new Float64Array(xCount);
  const counts = new Int32Array(xCount);
  const lowest = new Float64Array(xCount).fill(Number.POSITIVE_INFINITY);
  const highest = new Float64Array(xCount).fill(Number.NEGATIVE_INFINITY);
  for (let p = 0; p < columns.length; p++) {
    const x = columns[p]!;
    const rating = values[p]!;
    squares[x]! += (rating - means[x]!) ** 2;
    counts[x]!++;
    lowest[x] = Math.min(lowest[x]!, rating);
    highest[x] = Math.max(highest[x]!, rating);
  }
  return squares.map((sum, x) => (lowest[x] === highest[x] ? overall : Math.sqrt(sum / counts[x]!)));
}

/** The standard deviation of all ratings around μ; 1 when they are all equal: it is a divisor. */
export function overallDeviation(ratings: Float64Array, mu: number): number {
  if (ratings.every((rating) => rating === ratings[0])) return 1;
  return Math.sqrt(ratings.reduce((sum, rating) => sum + (rating - mu) ** 2, 0) / ratings.length);
}
