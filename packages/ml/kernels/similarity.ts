/** Numbers of src/kernels/knn.ts. */
const COSINE: u32 = 0;
const MSD: u32 = 1;
const PEARSON: u32 = 2;

/** Ratings twice: by row (rows have similarities) and by column, in order of appearance. */
@unmanaged
export class SimilarityArguments {
  rowCount: u32;
  rowStarts: usize;
  rowColumns: usize;
  rowValues: usize;
  columnStarts: usize;
  columnRows: usize;
  columnValues: usize;
  kind: u32;
  minSupport: u32;
  shrinkage: f32;
}

/** Bytes of accumulator per row; all must be zero before and are zero after {@link similarityRow}. */
export const accumulatorBytes: u32 = 32;

/**
 * The similarities of one row to every row, as doubles: one pass over the columns of the row, whose entries meet
 * every rater of the column. Sums are float32, exact for whole and half stars.
 */
export function similarityRow(a: SimilarityArguments, row: u32, sums: usize, result: usize): void {
  const to = load<u32>(a.rowStarts + (row << 2), 4);
  for (let at = load<u32>(a.rowStarts + (row << 2)); at < to; at++) {
    const column = load<u32>(a.rowColumns + (at << 2));
    const value = load<f32>(a.rowValues + (at << 2));
    const first = load<u32>(a.columnStarts + (column << 2)), last = load<u32>(a.columnStarts + (column << 2), 4);
    if (a.kind == MSD) addSquares(a, value, first, last, sums);
    else if (a.kind == PEARSON) addMoments(a, value, first, last, sums);
    else addProducts(a, value, first, last, sums);
  }
  if (a.kind == MSD) finishMsd(a, sums, result);
  else if (a.kind == PEARSON) finishPearson(a, sums, result);
  else finishCosine(a, sums, result, a.kind != COSINE);
  store<f64>(result + (row << 3), 1);
}

/** ((r − r')², 1): (r, 1) − (r', 0), squared. */
function addSquares(a: SimilarityArguments, value: f32, first: u32, last: u32, sums: usize): void {
  const base = f32x4.replace_lane(f32x4.replace_lane(f32x4.splat(0), 0, value), 1, 1);
  const rows = a.columnRows, values = a.columnValues;
  for (let at = first; at < last; at++) {
    const sum = sums + (load<u32>(rows + (at << 2)) << 3);
    const difference = f32x4.sub(base, v128.load32_zero(values + (at << 2)));
    v128.store64_lane(sum, f32x4.add(v128.load64_zero(sum), f32x4.mul(difference, difference)), 0);
  }
}

/** (1, r r', r², r'²). */
function addProducts(a: SimilarityArguments, value: f32, first: u32, last: u32, sums: usize): void {
  const ofRow = f32x4.replace_lane(f32x4.replace_lane(f32x4.splat(value), 0, 1), 3, 0);
  const ofRow2 = f32x4.replace_lane(f32x4.replace_lane(f32x4.splat(0), 0, 1), 2, value);
  const lane3 = v128(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1);
  const lanes13 = v128(0, 0, 0, 0, -1, -1, -1, -1, 0, 0, 0, 0, -1, -1, -1, -1);
  const rows = a.columnRows, values = a.columnValues;
  for (let at = first; at < last; at++) {
    const sum = sums + (load<u32>(rows + (at << 2)) << 4);
    const other = v128.load32_splat(values + (at << 2));
    const left = v128.bitselect(other, ofRow, lane3), right = v128.bitselect(other, ofRow2, lanes13);
    v128.store(sum, f32x4.add(v128.load(sum), f32x4.mul(left, right)));
  }
}

/** (1, r r', r², r'²) and (r, r'). */
function addMoments(a: SimilarityArguments, value: f32, first: u32, last: u32, sums: usize): void {
  const ofRow = f32x4.replace_lane(f32x4.replace_lane(f32x4.splat(value), 0, 1), 3, 0);
  const ofRow2 = f32x4.replace_lane(f32x4.replace_lane(f32x4.splat(0), 0, 1), 2, value);
  const lane3 = v128(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1);
  const lanes13 = v128(0, 0, 0, 0, -1, -1, -1, -1, 0, 0, 0, 0, -1, -1, -1, -1);
  const rows = a.columnRows, values = a.columnValues;
  for (let at = first; at < last; at++) {
    const sum = sums + (load<u32>(rows + (at << 2)) << 5);
    const other = v128.load32_splat(values + (at << 2));
    const left = v128.bitselect(other, ofRow, lane3), right = v128.bitselect(other, ofRow2, lanes13);
    v128.store(sum, f32x4.add(v128.load(sum), f32x4.mul(left, right)));
    const both = f32x4.replace_lane(other, 0, value);
    v128.store64_lane(sum, f32x4.add(v128.load64_zero(sum, 16), both), 0, 16);
  }
}

function finishMsd(a: SimilarityArguments, sums: usize, result: usize): void {
  for (let row: u32 = 0; row < a.rowCount; row++) {
    const sum = sums + (row << 3);
    const count = <f64>load<f32>(sum, 4);
    const similarity = count > 0 && count >= <f64>a.minSupport ? 1.0 / (<f64>load<f32>(sum) / count + 1.0) : 0;
    store<f64>(result + (row << 3), similarity);
    store<u64>(sum, 0);
  }
}

function finishCosine(a: SimilarityArguments, sums: usize, result: usize, shrunk: bool): void {
  const support = shrunk ? max<u32>(2, a.minSupport) : max<u32>(1, a.minSupport);
  for (let row: u32 = 0; row < a.rowCount; row++) {
    const sum = sums + (row << 4);
    const count = <f64>load<f32>(sum);
    let similarity: f64 = 0;
    if (count >= <f64>support) {
      const norm = Math.sqrt(<f64>load<f32>(sum, 8) * <f64>load<f32>(sum, 12));
      if (norm > 0) similarity = <f64>load<f32>(sum, 4) / norm;
      if (shrunk) similarity *= (count - 1) / (count - 1 + <f64>a.shrinkage);
    }
    store<f64>(result + (row << 3), similarity);
    v128.store(sum, f32x4.splat(0));
  }
}

function finishPearson(a: SimilarityArguments, sums: usize, result: usize): void {
  for (let row: u32 = 0; row < a.rowCount; row++) {
    const sum = sums + (row << 5);
    const count = <f64>load<f32>(sum);
    let similarity: f64 = 0;
    if (count > 0 && count >= <f64>a.minSupport) {
      const left = <f64>load<f32>(sum, 16), right = <f64>load<f32>(sum, 20);
      const spread = (count * <f64>load<f32>(sum, 8) - left * left) * (count * <f64>load<f32>(sum, 12) - right * right);
      if (spread > 0) similarity = (count * <f64>load<f32>(sum, 4) - left * right) / Math.sqrt(spread);
    }
    store<f64>(result + (row << 3), similarity);
    v128.store(sum, f32x4.splat(0));
    store<u64>(sum, 0, 16);
  }
}
