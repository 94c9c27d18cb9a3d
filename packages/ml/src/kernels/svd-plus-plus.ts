import type { OnProgress } from "@tamis/core";
import { type EpochWatch, endsAfter } from "../epoch-watch.ts";
import type { SparseRows } from "../sparse-rows.ts";
import type { Arena } from "./arena.ts";
import { type PoolOptions, withKernels } from "./pool.ts";

/** The parameters of an SVD++: biases (users), (items); p (users × k), q and y (items × k), row-major. */
export interface SvdPlusPlusParameters {
  readonly bu: Float64Array;
  readonly bi: Float64Array;
  readonly pu: Float64Array;
  readonly qi: Float64Array;
  readonly yj: Float64Array;
}

/** Step sizes γ and regularisations λ, one per kind of parameter. */
export interface SvdPlusPlusRates {
  readonly learningRateBu: number;
  readonly learningRateBi: number;
  readonly learningRatePu: number;
  readonly learningRateQi: number;
  readonly learningRateYj: number;
  readonly regularizationBu: number;
  readonly regularizationBi: number;
  readonly regularizationPu: number;
  readonly regularizationQi: number;
  readonly regularizationYj: number;
}

export interface SvdPlusPlusRatings {
  /** Users × items, in the order of the descent. */
  readonly byUser: SparseRows;
  /** I_u of every user: users × items, each item once; values play no part. */
  readonly rated: SparseRows;
  /** μ. */
  readonly mean: number;
}

export interface SvdPlusPlusOptions {
  readonly factors: number;
  readonly epochs: number;
  readonly rates: SvdPlusPlusRates;
  /** The steps for y are gathered over a user's ratings, and their mean is taken once. */
  readonly accumulated: boolean;
}

export interface SvdPlusPlusContext extends PoolOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly watch?: EpochWatch<SvdPlusPlusParameters> | undefined;
}

/** Updates of single factors between two looks at the clock: some milliseconds. */
const workPerPart = 2_000_000;

/**
 * Descends from these parameters, user by user in doubles; the steps are in `plain-svd-plus-plus.ts`. Every user moves
 * the y of all their items, so there is no cutting the work into parts that share no row: one thread does it.
 *
 * @throws aborted between parts, when the signal fires
 */
export async function descendSvdPlusPlus(
  start: SvdPlusPlusParameters,
  { byUser, rated, mean }: SvdPlusPlusRatings,
  { factors, epochs, rates, accumulated }: SvdPlusPlusOptions,
  context: SvdPlusPlusContext = {},
): Promise<SvdPlusPlusParameters> {
  return withKernels(context, async (pool) => {
    const { arena } = pool;
    const stride = Math.ceil(factors / 2) * 2;
    const rows = (values: Float64Array) => padded(arena, values, factors, stride);
    const [p, q, y] = [rows(start.pu), rows(start.qi), rows(start.yj)];
    const [bu, bi] = [copied(arena, start.bu), copied(arena, start.bi)];
    const users = parts(byUser, Math.ceil(workPerPart / factors));
    const args = arena.words([
      uint32(arena, byUser.starts),
      uint32(arena, byUser.columns),
      copied(arena, byUser.values),
      uint32(arena, rated.starts),
      uint32(arena, rated.columns),
      { u32: users.length - 1 },
      uint32(arena, users),
      p,
      q,
      y,
      bu,
      bi,
      { u32: stride * 8 },
      arena.float64(stride),
      arena.float64(stride),
      copied(arena, Float64Array.of(mean, ...ratesAndKeeps(rates))),
    ]);
    const kernel = accumulated ? "sweepSvdPlusPlusAccumulated" : "sweepSvdPlusPlus";
    const perEpoch = users.length - 1;
    const narrow = (values: Float64Array) => unpadded(values, factors, stride);
    const learnt = () => ({ bu: bu.slice(), bi: bi.slice(), pu: narrow(p), qi: narrow(q), yj: narrow(y) });
    const together = context.watch?.every ?? epochs;
    for (let epoch = 0; epoch < epochs; epoch += together) {
      const next = Math.min(epoch + together, epochs);
      await pool.run(
        { kernel, args, tasks: 1, phases: (next - epoch) * perEpoch },
        {
          signal: context.signal,
          onFinished: (calls) =>
            context.onProgress?.({
              phase: "svd-plus-plus",
              done: epoch + Math.floor(calls / perEpoch),
              total: epochs,
              unit: "epochs",
            }),
        },
      );
      if (await endsAfter(context.watch, next, epochs, learnt)) break;
    }
    return learnt();
  });
}

/** The first user of each part, and their number: parts of at least `length` ratings, but for the last. */
function parts({ starts }: SparseRows, length: number): number[] {
  const firsts = [0];
  const users = starts.length - 1;
  for (let user = 1; user < users; user++) {
    if (starts[user]! - starts[firsts.at(-1)!]! >= length) firsts.push(user);
  }
  return [...firsts, users];
}

/** γ and 1 − γλ, in the order of the kernel. */
function ratesAndKeeps(rates: SvdPlusPlusRates): number[] {
  return (["Bu", "Bi", "Pu", "Qi", "Yj"] as const).flatMap((kind) => {
    const rate = rates[`learningRate${kind}`];
    return [rate, 1 - rate * rates[`regularization${kind}`]];
  });
}

function uint32(arena: Arena, values: ArrayLike<number>): Uint32Array {
  const result = arena.uint32(values.length);
  result.set(values);
  return result;
}

function copied(arena: Arena, values: Float64Array): Float64Array {
  const result = arena.float64(values.length);
  result.set(values);
  return result;
}

function padded(arena: Arena, rows: Float64Array, width: number, stride: number): Float64Array {
  const count = rows.length / width;
  const result = arena.float64(count * stride).fill(0);
  for (let row = 0; row < count; row++)
    result.set(rows.subarray(row * width, (row + 1) * width), row * stride);
  return result;
}

function unpadded(rows: Float64Array, width: number, stride: number): Float64Array {
  const count = rows.length / stride;
  const result = new Float64Array(count * width);
  for (let row = 0; row < count; row++)
    result.set(rows.subarray(row * stride, row * stride + width), row * width);
  return result;
}
