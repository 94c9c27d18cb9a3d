import { type SparseRows, transpose } from "../sparse-rows.ts";

/** Names of the similarities, as Surprise has them. */
export const similarityNames = ["msd", "cosine", "pearson", "pearson_baseline"] as const;
export type SimilarityName = (typeof similarityNames)[number];

/** Computes single rows of the similarity matrix. */
export interface SimilarityRows {
  /** Fills `row`, shape (x), with sim(x, ·). */
  fill(x: number, row: Float64Array): void;
  /** The same for somebody, or something, that is not among the x: their y with the ratings. */
  fillFor(ys: Int32Array, ratings: Float64Array, row: Float64Array): void;
}

/** Fills `row` with the similarities to whoever has the y and ratings of the entries `from` … `to − 1`. */
type FillRow = (ys: Int32Array, ratings: Float64Array, from: number, to: number, row: Float64Array) => void;

/**
 * The similarity of every x (the users, when user-based) to one of them, from the y (the items) both have rated.
 *
 * Only common y count; fewer than `minSupport` common ones give 0, and so does a zero denominator. sim(x, x) = 1.
 * With the sums over the n common y, of the ratings r of x and s of x′:
 *
 *     msd              1 / (Σ (r − s)² / n + 1) = n / (Σ (r − s)² + n)
 *     cosine           Σ rs / √(Σ r² · Σ s²)
 *     pearson          (n Σ rs − Σ r Σ s) / √((n Σ r² − (Σ r)²)(n Σ s² − (Σ s)²))
 *     pearson_baseline cosine of the residuals r − b_xy, times (n − 1) / (n − 1 + shrinkage), for n ≥ 2
 *
 * The means in Pearson are therefore those over the common y. No matrix is kept: a row costs one pass over the
 * ratings of the y that x has rated, and memory for one row; sim(x, x′) and sim(x′, x) are equal, bit for bit.
 *
 * @param ratings - y × x; residuals for pearson_baseline
 * @source Surprise 1.1.4, `similarities.pyx`; shrinkage: Koren, ACM TKDD 4(1), 2010, equation (2) with n − 1 for n
 */
export function similarityRows(
  ratings: SparseRows,
  xCount: number,
  { name, minSupport, shrinkage }: { name: SimilarityName; minSupport: number; shrinkage: number },
): SimilarityRows {
  const ofX = transpose(ratings, xCount);
  const fills = {
    msd: () => msdRows(ratings, xCount, minSupport),
    cosine: () => cosineRows(ratings, xCount, minSupport, () => 1),
    pearson: () => pearsonRows(ratings, xCount, minSupport),
    pearson_baseline: () =>
      cosineRows(ratings, xCount, Math.max(2, minSupport), (n) => (n - 1) / (n - 1 + shrinkage)),
  };
  const fillRow = fills[name]();
  return {
    fill(x, row) {
      fillRow(ofX.columns, ofX.values, ofX.starts[x]!, ofX.starts[x + 1]!, row);
      row[x] = 1;
    },
    fillFor: (ys, given, row) => fillRow(ys, given, 0, ys.length, row),
  };
}

/*
 * The three functions below differ in the sums they keep for each x′, and in what they make of them. Sums of one x′
 * lie side by side in one array: it is the memory access, not the arithmetic, that takes the time.
 */

function msdRows(ofY: SparseRows, xCount: number, minSupport: number): FillRow {
  const sums = new Float64Array(2 * xCount);
  return (ys, ratings, from, to, row) => {
    sums.fill(0);
    for (let n = from; n < to; n++) {
      const y = ys[n]!;
      const rating = ratings[n]!;
      const last = ofY.starts[y + 1]!;
      for (let p = ofY.starts[y]!; p < last; p++) {
        const at = 2 * ofY.columns[p]!;
        const difference = rating - ofY.values[p]!;
        sums[at]!++;
        sums[at + 1]! += difference * difference;
      }
    }
    for (let other = 0; other < xCount; other++) {
      const n = sums[2 * other]!;
      row[other] = n < minSupport ? 0 : n / (sums[2 * other + 1]! + n);
    }
  };
}

function cosineRows(
  ofY: SparseRows,
  xCount: number,
  minSupport: number,
  weight: (common: number) => number,
): FillRow {
  const sums = new Float64Array(4 * xCount);
  return (ys, ratings, from, to, row) => {
    sums.fill(0);
    for (let n = from; n < to; n++) {
      const y = ys[n]!;
      const rating = ratings[n]!;
      const last = ofY.starts[y + 1]!;
      for (let p = ofY.starts[y]!; p < last; p++) {
        const at = 4 * ofY.columns[p]!;
        const otherRating = ofY.values[p]!;
        sums[at]!++;
        sums[at + 1]! += rating * otherRating;
        sums[at + 2]! += rating * rating;
        sums[at + 3]! += otherRating * otherRating;
      }
    }
    for (let other = 0; other < xCount; other++) {
      const at = 4 * other;
      const n = sums[at]!;
      const norm = Math.sqrt(sums[at + 2]! * sums[at + 3]!);
      row[other] = n < minSupport || norm === 0 ? 0 : (sums[at + 1]! / norm) * weight(n);
    }
  };
}

function pearsonRows(ofY: SparseRows, xCount: number, minSupport: number): FillRow {
  const sums = new Float64Array(6 * xCount);
  return (ys, ratings, from, to, row) => {
    sums.fill(0);
    for (let n = from; n < to; n++) {
      const y = ys[n]!;
      const rating = ratings[n]!;
      const last = ofY.starts[y + 1]!;
      for (let p = ofY.starts[y]!; p < last; p++) {
        const at = 6 * ofY.columns[p]!;
        const otherRating = ofY.values[p]!;
        sums[at]!++;
        sums[at + 1]! += rating * otherRating;
        sums[at + 2]! += rating;
        sums[at + 3]! += otherRating;
        sums[at + 4]! += rating * rating;
        sums[at + 5]! += otherRating * otherRating;
      }
    }
    for (let other = 0; other < xCount; other++) {
      const at = 6 * other;
      const n = sums[at]!;
      const covariance = n * sums[at + 1]! - sums[at + 2]! * sums[at + 3]!;
      const variance = scaledVariance(n, sums[at + 2]!, sums[at + 4]!);
      const otherVariance = scaledVariance(n, sums[at + 3]!, sums[at + 5]!);
      const norm = Math.sqrt(variance * otherVariance);
      row[other] = n < minSupport || norm === 0 ? 0 : covariance / norm;
    }
  };
}

/** n Σ r² − (Σ r)², and 0 when what is left is only rounding: equal ratings such as 3.3 do not cancel exactly. */
function scaledVariance(n: number, sum: number, squares: number): number {
  const variance = n * squares - sum * sum;
  return variance > 1e-12 * n * squares ? variance : 0;
}
