import type { OnProgress } from "@tamis/core";
import { type EpochWatch, endsAfter } from "../epoch-watch.ts";
import { fillNormalRows } from "./normal-rows.ts";
import { type PoolOptions, withKernels } from "./pool.ts";

/** Who has which items: those of user u are items[starts[u]] … items[starts[u + 1] − 1], increasing. */
export interface ObservedPairs {
  readonly starts: Int32Array;
  readonly items: Int32Array;
  readonly itemCount: number;
}

export interface BprKernelOptions {
  readonly factors: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly regularization: number;
  readonly initStd: number;
  readonly negatives: "uniform" | "popularity";
  readonly seed: number;
}

export interface BprContext extends PoolOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly watch?: EpochWatch<BprFactors> | undefined;
}

export interface BprFactors {
  /** w, shape (users × factors), row-major. */
  readonly ofUsers: Float32Array;
  /** h, shape (items × factors), row-major. */
  readonly ofItems: Float32Array;
  /** b, shape (items). */
  readonly biases: Float32Array;
}

/** How steps are laid out for the workers: the numbers of kernels/bpr.ts. */
export const bprGrid = { width: 4, itemBlocks: 8, cells: 7 * 4 * 4, phasesPerRound: 1 + 7 * 4 } as const;
/** Steps drawn at a time, at most: so that what is drawn takes 12 MB, not as much as the data. */
const longestRound = 500_000;

/**
 * Learns to rank from pairs: epochs × pairs steps, each of a pair (u, i) drawn from all and an item j that u does not
 * have; with g = σ(b_j − b_i + w_u · (h_j − h_i)) and old values on the right-hand sides
 *
 *     w_u += γ (g (h_i − h_j) − λ w_u),  h_i += γ (g w_u − λ h_i),  h_j += γ (−g w_u − λ h_j)
 *     b_i += γ (g − λ b_i),  b_j += γ (−g − λ b_j)
 *
 * in float32. Steps are drawn in rounds and taken in cells that share no row (see kernels/bpr.ts): the result depends
 * on pairs, options and seed, never on the workers.
 *
 * @throws aborted between cells, when the signal fires
 */
export async function fitBpr(
  pairs: ObservedPairs,
  options: BprKernelOptions,
  context: BprContext = {},
): Promise<BprFactors> {
  const { epochs, factors } = options;
  const { itemCount } = pairs;
  const userCount = pairs.starts.length - 1;
  return withKernels(context, async (pool) => {
    const { arena } = pool;
    const { rounds, steps } = bprRounds(pairs.items.length, epochs);
    const stride = Math.ceil(factors / 4) * 4;
    const w = arena.float32(userCount * stride).fill(0);
    const h = arena.float32(itemCount * (stride + 4)).fill(0);
    const normal = { width: factors, mean: 0, deviation: options.initStd };
    await fillNormalRows(pool, w, { ...normal, stride, count: userCount, seed: options.seed });
    await fillNormalRows(pool, h, {
      ...normal,
      stride: stride + 4,
      count: itemCount,
      seed: ~options.seed,
    });
    const users = arena.uint32(pairs.items.length);
    for (let user = 0; user < userCount; user++) users.fill(user, pairs.starts[user], pairs.starts[user + 1]);
    const items = arena.uint32(pairs.items.length);
    items.set(pairs.items);
    const starts = arena.uint32(userCount + 1);
    starts.set(pairs.starts);
    const args = arena.words([
      users,
      items,
      starts,
      { u32: pairs.items.length },
      { u32: itemCount },
      { u32: steps },
      arena.uint32(3 * steps),
      arena.uint32(3 * steps),
      arena.uint32(bprGrid.width * (bprGrid.cells + 1)),
      w,
      h,
      { u32: stride * 4 },
      { u32: options.negatives === "popularity" ? 1 : 0 },
      { u32: drawSeed(options.seed) },
      { f32: options.learningRate },
      { f32: 1 - options.learningRate * options.regularization },
    ]);
    const perEpoch = (rounds / epochs) * bprGrid.phasesPerRound;
    const learnt = () => ({
      ofUsers: columns(w, userCount, stride, 0, factors),
      ofItems: columns(h, itemCount, stride + 4, 0, factors),
      biases: columns(h, itemCount, stride + 4, stride, 1),
    });
    const together = context.watch?.every ?? epochs;
    for (let epoch = 0; epoch < epochs; epoch += together) {
      const next = Math.min(epoch + together, epochs);
      const phases = { from: epoch * perEpoch, phases: (next - epoch) * perEpoch };
      await pool.run(
        { kernel: "bprPart", args, tasks: bprGrid.width, ...phases },
        {
          signal: context.signal,
          onFinished: (calls) =>
            context.onProgress?.({
              phase: "bpr",
              done: epoch + Math.floor(calls / (perEpoch * bprGrid.width)),
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

/** Rounds of equal length that make up about `epochs` times `pairs` steps. */
export function bprRounds(pairs: number, epochs: number): { rounds: number; steps: number } {
  const perEpoch = Math.max(1, Math.ceil(pairs / longestRound));
  return { rounds: perEpoch * epochs, steps: Math.ceil(pairs / perEpoch) };
}

/** The factors start from the streams of the seed and its complement; the steps are drawn from others. */
export function drawSeed(seed: number): number {
  return seed ^ 0x5bd1e995;
}

/** Some columns of rows that are `stride` long. */
function columns(
  rows: Float32Array,
  count: number,
  stride: number,
  from: number,
  width: number,
): Float32Array {
  const result = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    const start = row * stride + from;
    result.set(rows.subarray(start, start + width), row * width);
  }
  return result;
}
