import type { OnProgress } from "@tamis/core";
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
  /** Where the items' factors start, shape (items × factors); the users' are solved first. */
  readonly initialItems: ArrayLike<number>;
}

export interface LeastSquaresContext extends PoolOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

export interface LeastSquaresFactors {
  /** Shape (users × factors): solved for the final items. */
  readonly users: Float32Array;
  /** Shape (items × factors). */
  readonly items: Float32Array;
}

/** Of the fixed side's rows when HᵀH is summed: by the data alone, so that the order of the sums is. */
const gramSlices = 16;
const solveSlices = 256;

/**
 * Alternating least squares in float32: `epochs` times all users, then all items; then the users once more, so that
 * they are what a fold-in gives. Every row is solved by Cholesky. The result does not depend on the workers.
 *
 * @source Hu, Koren, Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008; Rendle, Krichene,
 * Zhang, Koren, "Revisiting the Performance of iALS on Item Recommendation Benchmarks", RecSys 2022
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
    for (let epoch = 0; epoch < epochs; epoch++) {
      await solveUsers();
      await solveItems();
      context.onProgress?.({ phase: "least squares", done: epoch + 1, total: epochs, unit: "epochs" });
    }
    await solveUsers();
    return { users: withoutPadding(users, factors), items: withoutPadding(items, factors) };
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
  { factors, weightOfAll }: LeastSquaresProblem,
  { signal }: LeastSquaresContext,
): () => Promise<void> {
  const { arena, workers } = pool;
  const { stride } = fixed;
  const partial = arena.float32(gramSlices * stride * stride);
  const base = arena.float32(stride * stride);
  const bytes = { u32: stride * 4 };
  const gramArgs = arena.words([fixed.factors, { u32: fixed.count }, bytes, { u32: gramSlices }, partial]);
  const scratchBytes = Math.ceil((stride * stride * 4) / 64) * 64;
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
  ]);
  return async () => {
    await pool.run({ kernel: "gramSlices", args: gramArgs, tasks: gramSlices }, { signal });
    for (let cell = 0; cell < base.length; cell++) {
      let sum = 0;
      for (let slice = 0; slice < gramSlices; slice++) sum += partial[slice * base.length + cell]!;
      base[cell] = weightOfAll * sum;
    }
    await pool.run({ kernel: "solveRows", args: solveArgs, tasks: solveSlices }, { signal });
  };
}

function withoutPadding({ count, stride, factors }: Side, width: number): Float32Array {
  const result = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    result.set(factors.subarray(row * stride, row * stride + width), row * width);
  }
  return result;
}
