import type { Random } from "@tamis/core";
import type { Feedback } from "../feedback.ts";
import type { BprKernelOptions } from "../kernels/bpr.ts";

/** How a fold-in descends: as the training did. See `bpr.ts`. */
type BprDescent = Omit<BprKernelOptions, "seed">;

/** w (users × factors), h (items × factors) and b (items). */
export interface BprParameters {
  readonly ofUsers: Float64Array;
  readonly ofItems: Float64Array;
  readonly biases: Float64Array;
}

/** Draws of an item that the user does not have, before the step is left out. */
const tries = 100;

/**
 * The w of somebody with this feedback, the items fixed, and what each of its items brought into it: `parts`, shape
 * (history × factors), whose rows sum to `row`, shape (factors). w starts at 0 and is changed only by multiples of
 * h_i − h_j, so each change belongs to the i of its step.
 *
 * @param counts - how often each item was observed: what negatives by popularity are drawn by
 */
export function foldInBpr(
  { items: history }: Feedback,
  { ofItems, biases }: Omit<BprParameters, "ofUsers">,
  counts: Float64Array,
  options: BprDescent,
  random: Random,
): { row: Float64Array; parts: Float64Array } {
  const { factors, epochs, learningRate, regularization } = options;
  const { length } = history;
  const row = new Float64Array(factors);
  const parts = new Float64Array(length * factors);
  const isUniform = options.negatives === "uniform";
  const drawNegative = notAmong(
    isUniform ? () => random.integer(biases.length) : drawByCount(counts, random),
  );
  const keep = 1 - learningRate * regularization;
  // Steps go round the history, so that between two changes of a part it decays by the same factor.
  const keepRound = keep ** length;
  for (let step = 0; step < epochs * length; step++) {
    const n = step % length;
    const i = history[n]!;
    const j = drawNegative(history, 0, length);
    const [part, hi, hj] = [n * factors, i * factors, j * factors];
    const gain = j < 0 ? 0 : gainOf(row, 0, { ofItems, biases }, i, j, options);
    for (let f = 0; f < factors; f++) {
      const change = gain === 0 ? 0 : gain * (ofItems[hi + f]! - ofItems[hj + f]!);
      row[f] = keep * row[f]! + change;
      parts[part + f] = keepRound * parts[part + f]! + change;
    }
  }
  for (let n = 0; n < length; n++) {
    const decay = keep ** (length - 1 - n);
    for (let f = 0; f < factors; f++) parts[n * factors + f]! *= decay;
  }
  return { row, parts };
}

/** γ σ(score(j) − score(i)) for the user row that starts at `start`. */
function gainOf(
  rows: Float64Array,
  start: number,
  { ofItems, biases }: Omit<BprParameters, "ofUsers">,
  i: number,
  j: number,
  { factors, learningRate }: BprDescent,
): number {
  const [hi, hj] = [i * factors, j * factors];
  let difference = biases[i]! - biases[j]!;
  for (let f = 0; f < factors; f++) difference += rows[start + f]! * (ofItems[hi + f]! - ofItems[hj + f]!);
  return learningRate / (1 + Math.exp(difference));
}

/** Draws an item that is not among the increasing `items[from … to − 1]`; −1 when none was found. */
function notAmong(draw: () => number): (items: Int32Array, from: number, to: number) => number {
  return (items, from, to) => {
    for (let tried = 0; tried < tries; tried++) {
      const item = draw();
      if (!contains(items, from, to, item)) return item;
    }
    return -1;
  };
}

/** Draws an item with a chance in proportion to its count. */
function drawByCount(counts: Float64Array, random: Random): () => number {
  let total = 0;
  const upTo = counts.map((count) => (total += count));
  return () => {
    const drawn = random.uniform() * total;
    let low = 0;
    let high = upTo.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (upTo[middle]! > drawn) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

function contains(items: Int32Array, from: number, to: number, item: number): boolean {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items[middle]! < item) low = middle + 1;
    else high = middle;
  }
  return low < to && items[low] === item;
}
