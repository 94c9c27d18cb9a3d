import { siftDown, siftUp } from "./heap";
import { SimilarityArguments, accumulatorBytes, similarityRow } from "./similarity";
import { claimSlot, releaseSlot } from "./slot";

/** Laid out word for word by src/kernels/knn.ts. */
@unmanaged
class KnnArguments extends SimilarityArguments {
  /** What is averaged, per entry of the columns. */
  targets: usize;
  /** Pairs to predict, grouped by row. */
  pairStarts: usize;
  pairColumns: usize;
  estimates: usize;
  neighbours: usize;
  k: u32;
  minK: u32;
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
  const similarities = sums + a.rowCount * accumulatorBytes;
  const heap = similarities + (a.rowCount << 3);
  for (let row = task; row < a.rowCount; row += a.tasks) {
    const first = load<u32>(a.pairStarts + (row << 2)), last = load<u32>(a.pairStarts + (row << 2), 4);
    if (first == last) continue;
    similarityRow(a, row, sums, similarities);
    for (let pair = first; pair < last; pair++) predict(a, pair, similarities, heap);
  }
  releaseSlot(a.slots, slot);
}

/** The packed lower triangle: similarities of a slice of rows to the rows before them, as float32. */
export function similarityTriangle(args: usize, phase: u32, task: u32): void {
  const a = changetype<KnnArguments>(args);
  const slot = claimSlot(a.slots);
  const sums = a.scratch + slot * a.scratchBytes;
  const similarities = sums + a.rowCount * accumulatorBytes;
  for (let row = task; row < a.rowCount; row += a.tasks) {
    similarityRow(a, row, sums, similarities);
    const target = a.estimates + <usize>((<u64>row * (row - 1)) / 2) * 4;
    for (let other: u32 = 0; other < row; other++) {
      store<f32>(target + (other << 2), <f32>load<f64>(similarities + (other << 3)));
    }
  }
  releaseSlot(a.slots, slot);
}

/**
 * The mean of the targets of the k raters most similar to the row, weighted by similarity; among equals the one
 * that appeared first. Only positive similarities count; fewer than minK of them give NaN.
 */
function predict(a: KnnArguments, pair: u32, similarities: usize, heap: usize): void {
  const column = load<u32>(a.pairColumns + (pair << 2));
  const first = load<u32>(a.columnStarts + (column << 2)), last = load<u32>(a.columnStarts + (column << 2), 4);
  const k = a.k, rows = a.columnRows;
  let size: u32 = 0;
  let weakest: f64 = 0;
  for (let at = first; at < last; at++) {
    const similarity = load<f64>(similarities + (load<u32>(rows + (at << 2)) << 3));
    // Similarities of 0 or less take no part in the mean: they need not enter.
    if (!(similarity > weakest)) continue;
    if (size < k) {
      siftUp(heap, size++, similarity, at);
      if (size == k) weakest = load<f64>(heap);
    } else {
      siftDown(heap, size, similarity, at);
      weakest = load<f64>(heap);
    }
  }
  let weights: f64 = 0, total: f64 = 0;
  for (let at: u32 = 0; at < size; at++) {
    const similarity = load<f64>(heap + (at << 4));
    weights += similarity;
    total += similarity * <f64>load<f32>(a.targets + (load<u32>(heap + (at << 4), 8) << 2));
  }
  store<f64>(a.estimates + (pair << 3), size < a.minK || size == 0 ? NaN : total / weights);
  store<u32>(a.neighbours + (pair << 2), size);
}
