import { type SparseRows, transpose } from "../sparse-rows.ts";

/** Names of the similarities, as Surprise has them. */
export const similarityNames = ["msd", "cosine", "pearson", "pearson_baseline"] as const;
export type SimilarityName = (typeof similarityNames)[number];

/** Computes one row of the similarity matrix: fills `row`, shape (x), with sim(x, ·). */
export type SimilarityRow = (x: number, row: Float64Array) => void;

/**
 * The similarity of every x (the users, when user-based) to one of them, from the y (the items) both have rated.
 *
 * Only common y count; fewer than `minSupport` common ones give 0, and so does a zero denominator. sim(x, x) = 1.
 * With the sums over the n common y, of the ratings r of x and s of x′:
 *
 *     msd              1 / (Σ (r − s)² / n + 1)
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
): SimilarityRow {
  const ofX = transpose(ratings, xCount);
  if (name === "msd") return msdRows(ratings, ofX, xCount, minSupport);
  if (name === "pearson") return pearsonRows(ratings, ofX, xCount, minSupport);
  if (name === "cosine") return cosineRows(ratings, ofX, xCount, minSupport);
  return cosineRows(ratings, ofX, xCount, Math.max(2, minSupport), (n) => (n - 1) / (n - 1 + shrinkage));
}

function msdRows(ofY: SparseRows, ofX: SparseRows, xCount: number, minSupport: number): SimilarityRow {
  const common = new Int32Array(xCount);
  const squares = new Float64Array(xCount);
  return (x, row) => {
    common.fill(0);
    squares.fill(0);
    const end = ofX.starts[x + 1]!;
    for (let n = ofX.starts[x]!; n < end; n++) {
      const y = ofX.columns[n]!;
      const rating = ofX.values[n]!;
      const last = ofY.starts[y + 1]!;
      for (let p = ofY.starts[y]!; p < last; p++) {
        const other = ofY.columns[p]!;
        const difference = rating - ofY.values[p]!;
        common[other]!++;
        squares[other]! += difference * difference;
      }
    }
    for (let other = 0; other < xCount; other++) {
      row[other] = common[other]! < minSupport ? 0 : 1 / (squares[other]! / common[other]! + 1);
    }
    row[x] = 1;
  };
}

function cosineRows(
  ofY: SparseRows,
  ofX: SparseRows,
  xCount: number,
  minSupport: number,
  weight?: (common: number) => number,
): SimilarityRow {
  const common = new Int32Array(xCount);
  const products = new Float64Array(xCount);
  const squares = new Float64Array(xCount);
  const otherSquares = new Float64Array(xCount);
  return (x, row) => {
    for (const sums of [common, products, squares, otherSquares]) sums.fill(0);
    const end = ofX.starts[x + 1]!;
    for (let n = ofX.starts[x]!; n < end; n++) {
      const y = ofX.columns[n]!;
      const rating = ofX.values[n]!;
      const last = ofY.starts[y + 1]!;
      for (let p = ofY.starts[y]!; p < last; p++) {
        const other = ofY.columns[p]!;
        const otherRating = ofY.values[p]!;
        common[other]!++;
        products[other]! += rating * otherRating;
        squares[other]! += rating * rating;
        otherSquares[other]! += otherRating * otherRating;
      }
    }
    for (let other = 0; other < xCount; other++) {
      const n = common[other]!;
      const norm = Math.sqrt(squares[other]! * otherSquares[other]!);
      row[other] = n < minSupport || norm === 0 ? 0 : (products[other]! / norm) * (weight ? weight(n) : 1);
    }
    row[x] = 1;
  };
}

function pearsonRows(ofY: SparseRows, ofX: SparseRows, xCount: number, minSupport: number): SimilarityRow {
  const common = new Int32Array(xCount);
  const products = new Float64Array(xCount);
  const sums = new Float64Array(xCount);
  const otherSums = new Float64Array(xCount);
  const squares = new Float64Array(xCount);
  const otherSquares = new Float64Array(xCount);
  return (x, row) => {
    for (const totals of [common, products, sums, otherSums, squares, otherSquares]) totals.fill(0);
    const end = ofX.starts[x + 1]!;
    for (let n = ofX.starts[x]!; n < end; n++) {
      const y = ofX.columns[n]!;
      const rating = ofX.values[n]!;
      const last = ofY.starts[y + 1]!;
      for (let p = ofY.starts[y]!; p < last; p++) {
        const other = ofY.columns[p]!;
        const otherRating = ofY.values[p]!;
        common[other]!++;
        products[other]! += rating * otherRating;
        sums[other]! += rating;
        otherSums[other]! += otherRating;
        squares[other]! += rating * rating;
        otherSquares[other]! += otherRating * otherRating;
      }
    }
    for (let other = 0; other < xCount; other++) {
      const n = common[other]!;
      const covariance = n * products[other]! - sums[other]! * otherSums[other]!;
      const variance = scaledVariance(n, sums[other]!, squares[other]!);
      const otherVariance = scaledVariance(n, otherSums[other]!, otherSquares[other]!);
      const norm = Math.sqrt(variance * otherVariance);
      row[other] = n < minSupport || norm === 0 ? 0 : covariance / norm;
    }
    row[x] = 1;
  };
}

/** n Σ r² − (Σ r)², and 0 when what is left is only rounding: equal ratings such as 3.3 do not cancel exactly. */
function scaledVariance(n: number, sum: number, squares: number): number {
  const variance = n * squares - sum * sum;
  return variance > 1e-12 * n * squares ? variance : 0;
}
