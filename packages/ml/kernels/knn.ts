import { SimilarityArguments, accumulatorBytes, similarityRow } from "./similarity";
import { claimSlot, releaseSlot } from "./slot";

/** Laid out word for word by src/kernels/knn.ts. */
@unmanaged
class KnnArguments extends SimilarityArguments {
  /** What is averaged, per entry of the columns. Doubles. */
  targets: usize;
  /** Pairs to predict, grouped by row. */
  pairStarts: usize;
  pairColumns: usize;
  estimates: usize;
  k: u32;
  minK: u32;
  /** Neighbours gathered before only the best k are kept; even, and more than k. */
  capacity: u32;
  tasks: u32;
  slots: usize;
  scratch: usize;
  scratchBytes: u32;
}

/** Predicts every pair of a slice of rows: the similarities of one row live only while its pairs are predicted. */
export function knnRows(args: usize, phase: u32, task: u32): void {
  const a = changetype<KnnArguments>(args);
  const slot = claimSlot(a.slots);
  const sums = a.scratch + slot * a.scratchBytes;
  const padded = (a.rowCount + 3) & ~3;
  const similarities = sums + padded * accumulatorBytes;
  const gathered = similarities + (padded << 3);
  for (let row = task; row < a.rowCount; row += a.tasks) {
    const first = load<u32>(a.pairStarts + (row << 2)), last = load<u32>(a.pairStarts + (row << 2), 4);
    if (first == last) continue;
    similarityRow(a, row, sums, similarities);
    for (let pair = first; pair < last; pair++) {
      store<f64>(a.estimates + (pair << 3), weightedMean(a, load<u32>(a.pairColumns + (pair << 2)), similarities, gathered));
    }
  }
  releaseSlot(a.slots, slot);
}

/**
 * The mean of the targets of the k raters most similar to the row, weighted by similarity; among equals the one
 * that appeared first. Only positive similarities count; fewer than minK of them give NaN.
 */
function weightedMean(a: KnnArguments, column: u32, similarities: usize, gathered: usize): f64 {
  const first = load<u32>(a.columnStarts + (column << 2)), last = load<u32>(a.columnStarts + (column << 2), 4);
  const rows = a.columnRows, capacity = a.capacity, places = gathered + ((capacity + 1) << 3);
  let size: u32 = 0;
  let threshold: f64 = 0;
  for (let at = first; at < last; at++) {
    const similarity = load<f64>(similarities + (load<u32>(rows + (at << 2)) << 3));
    store<f64>(gathered + (size << 3), similarity);
    store<u32>(places + (size << 2), at);
    size += <u32>(similarity > threshold);
    if (size == capacity) {
      threshold = kthLargest(gathered, size, a.k);
      size = keep(gathered, places, size, a.k, threshold);
    }
  }
  if (size > a.k) size = keep(gathered, places, size, a.k, kthLargest(gathered, size, a.k));
  if (size < a.minK || size == 0) return NaN;
  let weights: f64 = 0, total: f64 = 0;
  for (let at: u32 = 0; at < size; at++) {
    const similarity = load<f64>(gathered + (at << 3));
    weights += similarity;
    total += similarity * load<f64>(a.targets + (load<u32>(places + (at << 2)) << 3));
  }
  return total / weights;
}

/**
 * The k-th largest of `size` > k similarities above 0, by bisection: it lies above `low` and is at most `high`. They
 * are followed by room for one more.
 */
function kthLargest(values: usize, size: u32, k: u32): f64 {
  const end = values + (size << 3);
  store<f64>(end, 0);
  let low: f64 = 0, high: f64 = 2, middle: f64 = 0.5, found: f64 = 0;
  while (found == 0) {
    const pivot = f64x2.splat(middle), infinity = f64x2.splat(Infinity);
    let counts = i64x2.splat(0), below = f64x2.splat(0), above = infinity;
    for (let at = values; at < end; at += 16) {
      const pair = v128.load(at);
      const larger = f64x2.gt(pair, pivot);
      counts = i64x2.sub(counts, larger);
      below = f64x2.pmax(below, v128.andnot(pair, larger));
      above = f64x2.pmin(above, v128.bitselect(pair, infinity, larger));
    }
    const count = <u32>(i64x2.extract_lane(counts, 0) + i64x2.extract_lane(counts, 1));
    if (count >= k) {
      const next = Math.min(f64x2.extract_lane(above, 0), f64x2.extract_lane(above, 1));
      if (count == k || next == high) found = next;
      low = middle;
    } else {
      high = Math.max(f64x2.extract_lane(below, 0), f64x2.extract_lane(below, 1));
      if (count == k - 1) found = high;
    }
    middle = low + (high - low) * 0.5;
    // Neighbouring numbers have none between them.
    if (middle == high) middle = low;
  }
  return found;
}

/** Keeps the largest k in their order, of those that equal the k-th the first. */
function keep(values: usize, places: usize, size: u32, k: u32, smallest: f64): u32 {
  let larger: u32 = 0;
  for (let at: u32 = 0; at < size; at++) larger += <u32>(load<f64>(values + (at << 3)) > smallest);
  let equals = k - larger, kept: u32 = 0;
  for (let at: u32 = 0; at < size; at++) {
    const value = load<f64>(values + (at << 3));
    store<f64>(values + (kept << 3), value);
    store<u32>(places + (kept << 2), load<u32>(places + (at << 2)));
    const isEqual = <u32>(value == smallest) & <u32>(equals > 0);
    equals -= isEqual;
    kept += <u32>(value > smallest) | isEqual;
  }
  return kept;
}
