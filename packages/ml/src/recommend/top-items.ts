import { compareIds, type Id } from "@tamis/core";
import { blockLength } from "../kernels/score-bounds.ts";

/** Something to recommend: its place among `itemIds` and its score. */
export interface TopItem {
  readonly itemId: Id;
  readonly score: number;
}

/**
 * The `n` items of highest score that are not `seen`, best first; at equal scores the lower id first. All of them
 * when there are fewer. A score that is NaN is no candidate.
 *
 * @param scores - aligned with `itemIds`
 */
export function topItems(
  itemIds: readonly Id[],
  scores: Float64Array,
  n: number,
  seen: Pick<ReadonlySet<Id>, "has">,
): TopItem[] {
  return topNumbers(itemIds, scores, n, seen).map((item) => ({
    itemId: itemIds[item]!,
    score: scores[item]!,
  }));
}

/**
 * The places of {@link topItems} in `itemIds`. Keeps a heap of n of them: O(items · log n) time, O(n) memory, nothing
 * allocated per item.
 *
 * @param highest - of each block of {@link blockLength} scores, so that a block without any candidate is passed by
 */
export function topNumbers(
  itemIds: readonly Id[],
  scores: Float64Array | Float32Array,
  n: number,
  seen: Pick<ReadonlySet<Id>, "has">,
  highest?: Float32Array,
): number[] {
  // heap[0] is the worst kept item: the one that a better one replaces.
  const heap = new Int32Array(Math.min(n, itemIds.length));
  let size = 0;

  const isWorse = (a: number, b: number) => {
    const difference = scores[a]! - scores[b]!;
    return difference === 0 ? compareIds(itemIds[a]!, itemIds[b]!) > 0 : difference < 0;
  };

  function siftUp(from: number): void {
    const item = heap[from]!;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isWorse(item, heap[parent]!)) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = item;
  }

  function siftDown(item: number): void {
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      if (child + 1 < size && isWorse(heap[child + 1]!, heap[child]!)) child++;
      if (!isWorse(heap[child]!, item)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = item;
  }

  // The score of heap[0] once all n are there: most items fail this comparison, before anything is looked up.
  let worst = Number.NEGATIVE_INFINITY;
  for (let item = 0; item < itemIds.length && heap.length > 0; item++) {
    if (highest && item % blockLength === 0 && highest[item / blockLength]! < worst) {
      item += blockLength - 1;
      continue;
    }
    if (scores[item]! < worst) continue;
    if (size === heap.length && !isWorse(heap[0]!, item)) continue;
    if (Number.isNaN(scores[item]!) || seen.has(itemIds[item]!)) continue;
    if (size < heap.length) {
      heap[size] = item;
      siftUp(size++);
    } else siftDown(item);
    if (size === heap.length) worst = scores[heap[0]!]!;
  }

  return Array.from(heap.subarray(0, size)).sort((a, b) => (isWorse(a, b) ? 1 : -1));
}
