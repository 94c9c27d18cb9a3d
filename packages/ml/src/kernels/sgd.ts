import { type OnProgress, TamisError } from "@tamis/core";
import { type EpochWatch, endsAfter } from "../epoch-watch.ts";
import { type BlockLayout, createBlockLayout } from "./block-layout.ts";
import { fillNormalRows } from "./normal-rows.ts";
import { type KernelPool, type PoolOptions, withKernels } from "./pool.ts";
import type { RatingTriples } from "./rating-triples.ts";

/** The factor model r̂ = μ + b_u + b_i + q_i · p_u and how it is learnt. */
export interface SgdOptions {
  readonly factors: number;
  readonly epochs: number;
  /** False: μ and both biases are 0 and stay so. */
  readonly biased: boolean;
  /** μ, used when `biased`. */
  readonly mean: number;
  readonly initMean: number;
  readonly initDeviation: number;
  readonly learningRates: SgdRates;
  /** By which share of themselves the learning rates have fallen in the last epoch, in a straight line. @default 0 */
  readonly rateDecay?: number;
  readonly regularisations: SgdRates;
  readonly seed: number;
}

/** One number per kind of parameter: user bias, item bias, user factors, item factors. */
interface SgdRates {
  readonly bu: number;
  readonly bi: number;
  readonly pu: number;
  readonly qi: number;
}

export interface SgdContext extends PoolOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly watch?: EpochWatch<SgdModel> | undefined;
}

export interface SgdModel {
  /** Shape (users). */
  readonly bu: Float32Array;
  /** Shape (items). */
  readonly bi: Float32Array;
  /** Shape (users × factors), row-major. */
  readonly pu: Float32Array;
  /** Shape (items × factors), row-major. */
  readonly qi: Float32Array;
}

/**
 * Learns a factor model by stratified SGD in float32: per rating e = r − r̂, then b ← b + η(e − λ b),
 * p ← p + η(e q − λ p), q ← q + η(e p − λ q), both from the old p and q.
 *
 * Users and items are cut into blocks; per epoch the cells of each diagonal are worked through at once, since they
 * share no row. With `rateDecay` δ, epoch t of T has η (1 − δ t / (T − 1)), t = 0 … T − 1. The result depends on ratings, options and seed, never on the workers: it is the same bit for bit.
 *
 * @source Gemulla, Nijkamp, Haas, Sismanis, "Large-scale matrix factorization with distributed stochastic gradient
 * descent", KDD 2011 (the strata); the update is that of Surprise's SVD.
 * @throws aborted between cells, when the signal fires
 * @throws invalid_input when a learning rate times its regularisation reaches 1
 */
export async function fitSgd(
  triples: RatingTriples,
  options: SgdOptions,
  context: SgdContext = {},
): Promise<SgdModel> {
  checkRates(options);
  return withKernels(context, async (pool) => {
    const problem = createSgdProblem(pool, triples, options);
    await fillNormalRows(pool, problem.p, { ...problem.shape, count: triples.userCount, seed: options.seed });
    await fillNormalRows(pool, problem.q, {
      ...problem.shape,
      count: triples.itemCount,
      seed: ~options.seed,
    });
    const { blocks } = problem.layout;
    const total = options.epochs;
    const learnt = () => ({
      bu: problem.bu.slice(),
      bi: problem.bi.slice(),
      pu: multiplyOut(problem.p, problem.pScale, options.factors, problem.shape.stride),
      qi: multiplyOut(problem.q, problem.qScale, options.factors, problem.shape.stride),
    });
    // With constant rates all epochs between two looks are one job: no worker waits for this thread in between.
    const together = options.rateDecay ? 1 : (context.watch?.every ?? total);
    for (let epoch = 0; epoch < total; epoch += together) {
      const next = Math.min(epoch + together, total);
      const args = problem.argumentsWith(ratesOfEpoch(options, epoch));
      await pool.run(
        { kernel: "sgdBlock", args, tasks: blocks, phases: blocks * (next - epoch), ring: true },
        {
          signal: context.signal,
          onFinished: (calls) =>
            context.onProgress?.({
              phase: "sgd",
              done: epoch + Math.floor(calls / blocks ** 2),
              total,
              unit: "epochs",
            }),
        },
      );
      if (await endsAfter(context.watch, next, total, learnt)) break;
    }
    return learnt();
  });
}

/** The learning rates of an epoch, counted from 0. */
export function ratesOfEpoch(
  { epochs, learningRates: { bu, bi, pu, qi }, rateDecay = 0 }: SgdOptions,
  epoch: number,
): SgdRates {
  const share = 1 - (rateDecay * epoch) / Math.max(1, epochs - 1);
  return { bu: bu * share, bi: bi * share, pu: pu * share, qi: qi * share };
}

/** Everything the kernel works on, in shared memory. */
interface SgdProblem {
  readonly layout: BlockLayout;
  readonly shape: { width: number; stride: number; mean: number; deviation: number };
  readonly p: Float32Array;
  readonly q: Float32Array;
  readonly pScale: Float32Array;
  readonly qScale: Float32Array;
  readonly bu: Float32Array;
  readonly bi: Float32Array;
  /** Address of the kernel's arguments for these learning rates. */
  argumentsWith(rates: SgdRates): number;
}

function createSgdProblem({ arena }: KernelPool, triples: RatingTriples, options: SgdOptions): SgdProblem {
  const { userCount, itemCount } = triples;
  const { factors, biased, regularisations: regularisation } = options;
  const layout = createBlockLayout(arena, triples);
  const stride = Math.ceil(factors / 4) * 4;
  const p = arena.float32(userCount * stride).fill(0);
  const q = arena.float32(itemCount * stride).fill(0);
  const pScale = arena.float32(userCount).fill(1);
  const qScale = arena.float32(itemCount).fill(1);
  const bu = arena.float32(userCount).fill(0);
  const bi = arena.float32(itemCount).fill(0);
  const argumentsWith = (rate: SgdRates) => {
    const bias = (kind: "bu" | "bi") => [
      { f32: biased ? rate[kind] : 0 },
      { f32: biased ? 1 - rate[kind] * regularisation[kind] : 1 },
    ];
    const factor = (kind: "pu" | "qi") => [
      { f32: rate[kind] },
      { f32: 1 - rate[kind] * regularisation[kind] },
    ];
    return arena.words([
      layout.users,
      layout.items,
      layout.ratings,
      layout.starts,
      { u32: layout.blocks },
      { u32: stride * 4 },
      p,
      q,
      pScale,
      qScale,
      bu,
      bi,
      { f32: biased ? options.mean : 0 },
      ...bias("bu"),
      ...bias("bi"),
      ...factor("pu"),
      ...factor("qi"),
    ]);
  };
  const shape = { width: factors, stride, mean: options.initMean, deviation: options.initDeviation };
  return { layout, shape, p, q, pScale, qScale, bu, bi, argumentsWith };
}

/** The stored rows times their scales, without the padding. */
function multiplyOut(rows: Float32Array, scales: Float32Array, width: number, stride: number): Float32Array {
  const result = new Float32Array(scales.length * width);
  for (let row = 0; row < scales.length; row++) {
    const scale = scales[row]!;
    for (let column = 0; column < width; column++) {
      result[row * width + column] = scale * rows[row * stride + column]!;
    }
  }
  return result;
}

function checkRates({ learningRates, regularisations }: SgdOptions): void {
  for (const kind of ["bu", "bi", "pu", "qi"] as const) {
    const product = learningRates[kind] * regularisations[kind];
    if (!(product >= 0 && product < 1)) {
      throw new TamisError(
        "invalid_input",
        `The learning rate times the regularisation of ${kind} is ${product}; it must be at least 0 and below 1 for SGD to converge.`,
        { details: { parameter: kind } },
      );
    }
  }
}
