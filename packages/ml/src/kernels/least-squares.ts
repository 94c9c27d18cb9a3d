import type { OnProgress } from "@tamis/core";
import { type EpochWatch, endsAfter } from "../epoch-watch.ts";
import type { Arena } from "./arena.ts";
import { type KernelPool, type PoolOptions, withKernels } from "./pool.ts";

/**
 * The observed entries of one side's rows (row r: starts[r] … starts[r + 1] − 1), each with its weight and target:
 *
 *     w_r = (weightOfAll · HᵀH + Σ weight_j h_j h_jᵀ + penalty_r · I)⁻¹ Σ target_j h_j
 */
export interface WeightedRows {
  /** Shape (rows + 1). */
  readonly starts: ArrayLike<number>;
  /** Shape (entries), like `weights` and `targets`. */
  readonly columns: ArrayLike<number>;
  /** Beyond `weightOfAll`: 1 (Rendle) or c − 1 (Hu, Koren, Volinsky). */
  readonly weights: ArrayLike<number>;
  /** 1 (Rendle) or c (Hu, Koren, Volinsky). */
  readonly targets: ArrayLike<number>;
  /** Shape (rows): λ, or λ (|I_u| + α₀ |I|)^ν. */
  readonly penalties: ArrayLike<number>;
}

export interface LeastSquaresProblem {
  readonly users: WeightedRows;
  readonly items: WeightedRows;
  readonly weightOfAll: number;
  readonly factors: number;
  readonly epochs: number;
  /**
   * Steps of conjugate gradients per row and half step, from the row's last solution, instead of an exact solve: 3
   * take a quarter of the time at 100 factors and lower the loss as far within some epochs.
   * @default exact
   */
  readonly steps?: number | undefined;
  /** Where the items' factors start, shape (items × factors); the users' are solved first. */
  readonly initialItems: ArrayLike<number>;
}

export interface LeastSquaresContext extends PoolOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly watch?: EpochWatch<LeastSquaresFactors> | undefined;
}

export interface LeastSquaresFactors {
  /** Shape (users × factors): what the final items were solved for. */
  readonly users: Float32Array;
  /** Shape (items × factors). */
  readonly items: Float32Array;
}

/** Of the fixed side's rows when HᵀH is summed: by the data alone, so that the order of the sums is. */
const gramSlices = 16;
const solveSlices = 256;
/** CHUNK in kernels/least-squares.ts. */
const chunk = 64;

/**
 * Alternating least squares in float32: `epochs` times all users, then all items. Rows are solved by Cholesky or
 * improved by conjugate gradients. The result does not depend on the workers.
 *
 * @source Hu, Koren, Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008; Rendle, Krichene,
 * Zhang, Koren, "Revisiting the Performance of iALS on Item Recommendation Benchmarks", RecSys 2022; Takács, Pilászy,
 * Tikk, "Applications of the Conjugate Gradient Method for Implicit Feedback Collaborative Filtering", RecSys 2011
 * @throws aborted between slices of rows
 */
export function alternateLeastSquares(
  problem: LeastSquaresProblem,
  context: LeastSquaresContext = {},
): Promise<LeastSquaresFactors> {
  return withKernels(context, async (pool) => {
    const { factors, epochs } = problem;
    const users = createSide(pool.arena, problem.users, factors);
    const items = createSide(pool.arena, problem.items, factors);
    for (let row = 0; row < items.count; row++) {
      for (let k = 0; k < factors; k++) {
        items.factors[row * items.stride + k] = problem.initialItems[row * factors + k]!;
      }
    }
    const solveUsers = halfStep(pool, users, items, problem, context);
    const solveItems = halfStep(pool, items, users, problem, context);
    const kernel = problem.steps === undefined ? "solveRows" : "improveRows";
    const learnt = () => ({ users: withoutPadding(users, factors), items: withoutPadding(items, factors) });
    for (let epoch = 0; epoch < epochs; epoch++) {
      await solveUsers(kernel);
      await solveItems(kernel);
      context.onProgress?.({ phase: "least squares", done: epoch + 1, total: epochs, unit: "epochs" });
      if (await endsAfter(context.watch, epoch + 1, epochs, learnt)) break;
    }
    return learnt();
  });
}

interface Side {
  readonly count: number;
  readonly stride: number;
  readonly factors: Float32Array;
  /** starts, columns, weights, targets. */
  readonly entries: readonly (Uint32Array | Float32Array)[];
  readonly penalties: Float32Array;
}

function createSide(arena: Arena, rows: WeightedRows, factors: number): Side {
  const stride = Math.ceil(factors / 4) * 4;
  const count = rows.penalties.length;
  const floats = (values: ArrayLike<number>) => {
    const copy = arena.float32(values.length);
    copy.set(values);
    return copy;
  };
  const integers = (values: ArrayLike<number>) => {
    const copy = arena.uint32(values.length);
    copy.set(values);
    return copy;
  };
  return {
    count,
    stride,
    factors: arena.float32(count * stride).fill(0),
    entries: [integers(rows.starts), integers(rows.columns), floats(rows.weights), floats(rows.targets)],
    penalties: floats(rows.penalties),
  };
}

/** Solves the rows of `free` with the factors of `fixed`; its arguments are laid out once. */
function halfStep(
  pool: KernelPool,
  free: Side,
  fixed: Side,
  { factors, weightOfAll, steps = 0 }: LeastSquaresProblem,
  { signal }: LeastSquaresContext,
): (kernel: "solveRows" | "improveRows") => Promise<void> {
  const { arena, workers } = pool;
  const { stride } = fixed;
  const partial = arena.float32(gramSlices * stride * stride);
  const base = arena.float32(stride * stride);
  const bytes = { u32: stride * 4 };
  const gramArgs = arena.words([fixed.factors, { u32: fixed.count }, bytes, { u32: gramSlices }, partial]);
  // Per thread: a matrix, and the gathered entries of kernels/least-squares.ts.
  const scratchBytes = Math.ceil(((stride + 2 * chunk) * stride * 4) / 64) * 64;
  const solveArgs = arena.words([
    ...free.entries,
    fixed.factors,
    bytes,
    { u32: factors },
    base,
    free.penalties,
    free.factors,
    { u32: free.count },
    { u32: solveSlices },
    arena.uint32(1).fill(0),
    arena.float32((Math.max(1, workers) * scratchBytes) / 4),
    { u32: scratchBytes },
    { u32: steps },
  ]);
  return async (kernel) => {
    await pool.run({ kernel: "gramSlices", args: gramArgs, tasks: gramSlices }, { signal });
    for (let row = 0; row < stride; row++) {
      for (let column = 0; column <= row; column++) {
        let sum = 0;
        for (let slice = 0; slice < gramSlices; slice++) {
          sum += partial[(slice * stride + row) * stride + column]!;
        }
        base[row * stride + column] = weightOfAll * sum;
        base[column * stride + row] = weightOfAll * sum;
      }
    }
    await pool.run({ kernel, args: solveArgs, tasks: solveSlices }, { signal });
  };
}

function withoutPadding({ count, stride, factors }: Side, width: number): Float32Array {
  const result = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    result.set(factors.subarray(row * stride, row * stride + width), row * width);
  }
  return result;
}
