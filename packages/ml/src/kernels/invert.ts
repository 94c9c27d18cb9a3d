import type { OnProgress } from "@tamis/core";
import { type PoolOptions, withKernels } from "./pool.ts";

export interface InvertContext extends PoolOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** Side of a block in kernels/sweep.ts. */
const blockSize = 128;

/**
 * Replaces a symmetric positive definite matrix, shape (n × n), row-major, by its inverse: the sweep operator, block
 * by block on the lower triangle, n³/2 multiplications shared by the workers. Only the lower triangle is read. The
 * work has the precision of the matrix and takes as much memory again; float32 takes half the time.
 *
 * @returns whether the matrix was positive definite to working precision; if not, it is left as it was
 * @source Goodnight, "A Tutorial on the SWEEP Operator", The American Statistician 33(3), 1979, in blocks
 * @throws aborted between rows of blocks
 */
export function invertSymmetric(
  matrix: Float64Array | Float32Array,
  n: number,
  context: InvertContext = {},
): Promise<boolean> {
  return withKernels(context, async (pool) => {
    const { arena } = pool;
    const wide = matrix instanceof Float64Array;
    const floats = (length: number) => (wide ? arena.float64(length) : arena.float32(length));
    const blocks = Math.ceil(n / blockSize);
    const side = blocks * blockSize;
    const work = floats(side * side);
    for (let row = 0; row < side; row++) {
      const known = row < n ? matrix.subarray(row * n, row * n + row + 1) : [];
      work.set(known, row * side);
      work.fill(0, row * side + known.length, (row + 1) * side);
      // The padding is a block of the identity: it neither changes nor is changed.
      if (row >= n) work[row * side + row] = 1;
    }
    const args = arena.words([
      work,
      { u32: side * work.BYTES_PER_ELEMENT },
      floats(side * blockSize),
      floats(side * blockSize),
      floats(blockSize * blockSize),
      arena.float64(blockSize * blockSize),
    ]);
    await pool.run(
      { kernel: wide ? "sweepBlocks64" : "sweepBlocks32", args, tasks: blocks, phases: 3 * blocks },
      {
        signal: context.signal,
        onFinished: (calls) => {
          const done = Math.min(n, Math.floor(calls / (3 * blocks)) * blockSize);
          context.onProgress?.({ phase: "invert", done, total: n, unit: "columns" });
        },
      },
    );
    for (let row = 0; row < n; row++) if (!Number.isFinite(work[row * side + row]!)) return false;
    for (let row = 0; row < n; row++) {
      for (let column = 0; column <= row; column++) {
        const value = -work[row * side + column]!;
        matrix[row * n + column] = value;
        matrix[column * n + row] = value;
      }
    }
    return true;
  });
}
