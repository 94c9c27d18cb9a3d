/** Numbers of src/kernels/knn.ts. */
const COSINE: u32 = 0;
const MSD: u32 = 1;
const PEARSON: u32 = 2;
const MSD_OF_LEVELS: u32 = 4;

/** Ratings by row (rows have similarities) and by column. Laid out word for word by src/kernels/knn.ts. */
@unmanaged
export class SimilarityArguments {
  kind: u32;
  rowCount: u32;
  rowStarts: usize;
  rowColumns: usize;
  /** Doubles; of levels, the level as u32. */
  rowValues: usize;
  columnStarts: usize;
  columnRows: usize;
  columnValues: usize;
  /** Of levels: the raters of every (column, level), each as the offset of its accumulator. */
  runStarts: usize;
  runs: usize;
  levels: u32;
  /** Bits of an accumulator that hold the sum of squares. */
  squareBits: u32;
  minSupport: u32;
  /** Doubles: the shrinkage; the square of the distance of two levels. */
  constants: usize;
}

/** Bytes of accumulators per row, at most; all must be zero before and are zero after {@link similarityRow}. */
export const accumulatorBytes: u32 = 48;

/**
 * The similarities of one row to every row, as doubles: one pass over the columns of the row, whose entries meet
 * every rater of the column.
 */
export function similarityRow(a: SimilarityArguments, row: u32, sums: usize, result: usize): void {
  const to = load<u32>(a.rowStarts + (row << 2), 4);
  for (let at = load<u32>(a.rowStarts + (row << 2)); at < to; at++) {
    const column = load<u32>(a.rowColumns + (at << 2));
    if (a.kind == MSD_OF_LEVELS) {
      addLevels(a, column, load<u32>(a.rowValues + (at << 2)), sums);
      continue;
    }
    const value = load<f64>(a.rowValues + (at << 3));
    const first = load<u32>(a.columnStarts + (column << 2)), last = load<u32>(a.columnStarts + (column << 2), 4);
    if (a.kind == MSD) addSquares(a, value, first, last, sums);
    else if (a.kind == PEARSON) addMoments(a, value, first, last, sums);
    else addProducts(a, value, first, last, sums);
  }
  if (a.kind == MSD_OF_LEVELS) finishLevels(a, sums, result);
  else if (a.kind == MSD) finishMsd(a, sums, result);
  else if (a.kind == PEARSON) finishPearson(a, sums, result);
  else finishCosine(a, sums, result, a.kind != COSINE);
  store<f64>(result + (row << 3), 1);
}

/**
 * Whole stars: count and squared difference in one word, and the raters of a column level by level, to each of whom
 * the same is added.
 */
function addLevels(a: SimilarityArguments, column: u32, level: u32, sums: usize): void {
  let starts = a.runStarts + ((column * a.levels) << 2);
  for (let other: u32 = 0; other < a.levels; other++, starts += 4) {
    const difference = level - other;
    const addend = (1 << a.squareBits) + difference * difference;
    const end = a.runs + (load<u32>(starts, 4) << 2);
    let at = a.runs + (load<u32>(starts) << 2);
    for (; at + 12 < end; at += 16) {
      addWord(sums + load<u32>(at), addend);
      addWord(sums + load<u32>(at, 4), addend);
      addWord(sums + load<u32>(at, 8), addend);
      addWord(sums + load<u32>(at, 12), addend);
    }
    for (; at < end; at += 4) addWord(sums + load<u32>(at), addend);
  }
}

// @inline
function addWord(sum: usize, addend: u32): void {
  store<u32>(sum, load<u32>(sum) + addend);
}

/** (1, (r − r')²): (1, r) − (0, r'), squared. */
function addSquares(a: SimilarityArguments, value: f64, first: u32, last: u32, sums: usize): void {
  const base = f64x2.replace_lane(f64x2.splat(1), 1, value), zero = f64x2.splat(0);
  const rows = a.columnRows, values = a.columnValues;
  for (let at = first; at < last; at++) {
    const sum = sums + (load<u32>(rows + (at << 2)) << 4);
    const difference = f64x2.sub(base, v128.load64_lane(values + (at << 3), zero, 1));
    v128.store(sum, f64x2.add(v128.load(sum), f64x2.mul(difference, difference)));
  }
}

/** (1, r r') and (r², r'²). */
function addProducts(a: SimilarityArguments, value: f64, first: u32, last: u32, sums: usize): void {
  const ones = f64x2.splat(1), own = f64x2.splat(value), oneAndOwn = f64x2.replace_lane(ones, 1, value);
  const rows = a.columnRows, values = a.columnValues;
  for (let at = first; at < last; at++) {
    const sum = sums + (load<u32>(rows + (at << 2)) << 5), other = values + (at << 3);
    const both = v128.load64_lane(other, own, 1);
    v128.store(sum, f64x2.add(v128.load(sum), f64x2.mul(oneAndOwn, v128.load64_lane(other, ones, 1))));
    v128.store(sum, f64x2.add(v128.load(sum, 16), f64x2.mul(both, both)), 16);
  }
}

/** (1, r r'), (r², r'²) and (r, r'). */
function addMoments(a: SimilarityArguments, value: f64, first: u32, last: u32, sums: usize): void {
  const ones = f64x2.splat(1), own = f64x2.splat(value), oneAndOwn = f64x2.replace_lane(ones, 1, value);
  const rows = a.columnRows, values = a.columnValues;
  for (let at = first; at < last; at++) {
    const sum = sums + load<u32>(rows + (at << 2)) * 48, other = values + (at << 3);
    const both = v128.load64_lane(other, own, 1);
    v128.store(sum, f64x2.add(v128.load(sum), f64x2.mul(oneAndOwn, v128.load64_lane(other, ones, 1))));
    v128.store(sum, f64x2.add(v128.load(sum, 16), f64x2.mul(both, both)), 16);
    v128.store(sum, f64x2.add(v128.load(sum, 32), both), 32);
  }
}

/** n / (Σ + n), four rows at a time: the accumulators and the result are padded to that. */
function finishLevels(a: SimilarityArguments, sums: usize, result: usize): void {
  const scale = f64x2.splat(load<f64>(a.constants, 8)), bits = <i32>a.squareBits;
  const squareMask = i32x4.splat((1 << bits) - 1);
  const supported = i32x4.splat(max<i32>(1, a.minSupport) - 1), zero = i32x4.splat(0);
  for (const end = sums + (a.rowCount << 2); sums < end; sums += 16, result += 32) {
    const words = v128.load(sums);
    v128.store(sums, zero);
    const counts = i32x4.shr_u(words, bits), squares = v128.and(words, squareMask);
    const divisors = i32x4.sub(counts, i32x4.eq(counts, zero));
    const kept = v128.and(counts, i32x4.gt_s(counts, supported));
    storeRatio(result, kept, divisors, squares, scale);
    const high = i8x16.shuffle(kept, kept, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0);
    const highDivisors = i8x16.shuffle(divisors, divisors, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0);
    const highSquares = i8x16.shuffle(squares, squares, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0);
    storeRatio(result + 16, high, highDivisors, highSquares, scale);
  }
}

// @inline
function storeRatio(result: usize, counts: v128, divisors: v128, squares: v128, scale: v128): void {
  const sum = f64x2.mul(scale, f64x2.convert_low_i32x4_u(squares));
  const divisor = f64x2.add(sum, f64x2.convert_low_i32x4_u(divisors));
  v128.store(result, f64x2.div(f64x2.convert_low_i32x4_u(counts), divisor));
}

function finishMsd(a: SimilarityArguments, sums: usize, result: usize): void {
  for (let row: u32 = 0; row < a.rowCount; row++, sums += 16) {
    const count = load<f64>(sums);
    const supported = count > 0 && count >= <f64>a.minSupport;
    store<f64>(result + (row << 3), supported ? count / (load<f64>(sums, 8) + count) : 0);
    v128.store(sums, f64x2.splat(0));
  }
}

function finishCosine(a: SimilarityArguments, sums: usize, result: usize, shrunk: bool): void {
  const support = <f64>max<u32>(shrunk ? 2 : 1, a.minSupport), shrinkage = load<f64>(a.constants);
  for (let row: u32 = 0; row < a.rowCount; row++, sums += 32) {
    const count = load<f64>(sums);
    let similarity: f64 = 0;
    if (count >= support) {
      const norm = Math.sqrt(load<f64>(sums, 16) * load<f64>(sums, 24));
      if (norm != 0) similarity = load<f64>(sums, 8) / norm;
      if (shrunk) similarity *= (count - 1) / (count - 1 + shrinkage);
    }
    store<f64>(result + (row << 3), similarity);
    v128.store(sums, f64x2.splat(0));
    v128.store(sums, f64x2.splat(0), 16);
  }
}

function finishPearson(a: SimilarityArguments, sums: usize, result: usize): void {
  const support = <f64>max<u32>(1, a.minSupport);
  for (let row: u32 = 0; row < a.rowCount; row++, sums += 48) {
    const count = load<f64>(sums);
    let similarity: f64 = 0;
    if (count >= support) {
      const left = load<f64>(sums, 32), right = load<f64>(sums, 40);
      const variances = variance(count, left, load<f64>(sums, 16)) * variance(count, right, load<f64>(sums, 24));
      const norm = Math.sqrt(variances);
      if (norm != 0) similarity = (count * load<f64>(sums, 8) - left * right) / norm;
    }
    store<f64>(result + (row << 3), similarity);
    v128.store(sums, f64x2.splat(0));
    v128.store(sums, f64x2.splat(0), 16);
    v128.store(sums, f64x2.splat(0), 32);
  }
}

/** n Σ r² − (Σ r)², and 0 when what is left is only rounding: equal ratings such as 3.3 do not cancel exactly. */
function variance(count: f64, sum: f64, squares: f64): f64 {
  const value = count * squares - sum * sum;
  return value > 1e-12 * count * squares ? value : 0;
}
