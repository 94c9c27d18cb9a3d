import { createArena } from "./arena.ts";
import { arenaStart } from "./control.ts";
import { createSharedMemory, instantiateKernels } from "./kernel-module.ts";

/** Items that are scored by b_i + p · q_i. */
interface Catalogue {
  readonly factors: number;
  /** Shape (items × factors), row-major. */
  readonly items: Float64Array;
  /** Shape (items). */
  readonly biases: Float64Array;
}

/** What the scores of all items are not above. */
export interface ScoreBounds {
  /** Shape (items, and −∞ up to a whole block): the bound of b_i + p · q_i. */
  readonly bounds: Float32Array;
  /** The highest of each block of {@link blockLength}. */
  readonly highest: Float32Array;
}

export const blockLength = 16;

/** More than all roundings to float32 in the kernel together, as a share of what is rounded. */
const rounding = 2 ** -20;
/** Numbers up to here can be added and multiplied in float32. */
const limit = 1e30;

/**
 * Bounds of the whole catalogue's scores for one person at a time, on the calling thread with no waiting: for serving. It
 * reads a quarter of what scoring in float32 would have to read, and that is what takes the time.
 *
 * Let q̂_i be q_i in 127 steps of 8 bits, p̂ be p in those of 16 bits. By the inequality of Cauchy and Schwarz
 *
 *     p · q_i ≤ p̂ · q̂_i + |p̂| |q_i − q̂_i| + |p − p̂| |q_i|
 *
 * and p̂ · q̂_i is a product of whole numbers, without an error.
 *
 * @returns a function from p, shape (factors), to the bounds: the same arrays each time, overwritten; `undefined` where
 * numbers are too large for float32
 */
export function createScoreBounds({
  factors,
  items,
  biases,
}: Catalogue): (row: Float64Array) => ScoreBounds | undefined {
  const memory = createSharedMemory();
  const { boundScores } = instantiateKernels(memory);
  const arena = createArena(memory, arenaStart);
  const bytes = Math.ceil(factors / 8) * 8;
  const blocks = Math.ceil(biases.length / blockLength);
  const q = arena.int8(blocks * blockLength * bytes).fill(0);
  const ofItems = () => arena.float32(blocks * blockLength).fill(0);
  const [scales, slacks, tops, bounds] = [ofItems(), ofItems(), ofItems(), ofItems()];
  const [p, taste, highest] = [arena.int16(bytes).fill(0), arena.float32(3), arena.float32(blocks)];
  const args = arena.words([
    { u32: blocks },
    { u32: bytes },
    q,
    scales,
    slacks,
    tops,
    p,
    taste,
    bounds,
    highest,
  ]);

  let [longest, largest] = [0, 0];
  tops.fill(Number.NEGATIVE_INFINITY);
  const whole = new Int8Array(bytes);
  for (let item = 0; item < biases.length; item++) {
    const row = items.subarray(item * factors, (item + 1) * factors);
    const { step, length, error } = inSteps(row, 127, whole);
    // Eight items lie together, by turns of eight bytes each: the kernel reads on and on.
    const at = (item - (item % 8)) * bytes + (item % 8) * 8;
    for (let k = 0; k < bytes; k += 8) q.set(whole.subarray(k, k + 8), at + 8 * k);
    const bias = biases[item]!;
    scales[item] = step;
    slacks[item] = (error + rounding * length) * (1 + rounding);
    tops[item] = bias + rounding * Math.abs(bias);
    [longest, largest] = [Math.max(longest, length), Math.max(largest, Math.abs(bias))];
  }

  // The four sums of a product have whole numbers of 32 bits.
  const steps = Math.min(32_767, Math.floor((2 ** 31 - 1) / (127 * bytes)));
  return (row) => {
    const { step, length, error } = inSteps(row, steps, p);
    if (!(largest + (length + error) * longest < limit && length < limit && longest < limit))
      return undefined;
    taste[0] = step;
    taste[1] = (length + error) * (1 + rounding);
    taste[2] = error * longest * (1 + rounding) + 1e-30;
    boundScores!(args, 0, 0);
    return { bounds, highest };
  };
}

/** Writes a row as whole numbers of up to ±`steps`. @returns one step, |row|, and |row − whole numbers · step| */
function inSteps(
  row: Float64Array,
  steps: number,
  target: Int8Array | Int16Array,
): { step: number; length: number; error: number } {
  let largest = 0;
  for (let k = 0; k < row.length; k++) largest = Math.max(largest, Math.abs(row[k]!));
  // What float32 can hardly tell from 0 is 0 here, and its error itself.
  const step = largest / steps < 1e-30 ? 1 : Math.fround(largest / steps);
  let [length, error] = [0, 0];
  for (let k = 0; k < row.length; k++) {
    const whole = Math.round(row[k]! / step);
    target[k] = whole;
    length += row[k]! ** 2;
    error += (row[k]! - whole * step) ** 2;
  }
  return { step, length: Math.sqrt(length), error: Math.sqrt(error) };
}
