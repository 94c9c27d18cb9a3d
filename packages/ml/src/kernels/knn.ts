import type { OnProgress } from "@tamis/core";
import type { Arena } from "./arena.ts";
import { entryValues, groupEntries } from "./grouped-entries.ts";
import { type KernelPool, type PoolOptions, withKernels } from "./pool.ts";

/**
 * What neighbours are made from. Similarities are between rows (the users, or the items), over the columns both
 * rated. Flat arrays of equal length in training order.
 */
export interface KnnData {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  /** What similarities compare: ratings, or their residuals for `pearson_baseline`. */
  readonly values: ArrayLike<number>;
  readonly rowCount: number;
  readonly columnCount: number;
}

export interface SimilarityOptions {
  readonly similarity: "cosine" | "msd" | "pearson" | "pearson_baseline";
  /** Fewer columns in common give similarity 0. */
  readonly minSupport: number;
  /** For `pearson_baseline`. @default 100 */
  readonly shrinkage?: number | undefined;
}

export interface KnnOptions extends SimilarityOptions {
  readonly k: number;
  /** Fewer neighbours of positive similarity give NaN. */
  readonly minK: number;
}

/** The pairs to predict. */
export interface KnnPairs {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
}

export interface KnnEstimates {
  /** Σ sim · target / Σ sim over the neighbours, or NaN. Shape (pairs). */
  readonly estimates: Float64Array;
  /** Neighbours of positive similarity used. Shape (pairs). */
  readonly neighbours: Uint32Array;
}

export interface KnnContext extends PoolOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

const kinds = { cosine: 0, msd: 1, pearson: 2, pearson_baseline: 3 } as const;
const slices = 256;

/**
 * Fits and predicts in one go: for each row with pairs its similarities to all rows, then its pairs. No rows ×
 * rows matrix ever exists. `targets` is what is averaged, aligned with the data: the ratings (KNNBasic), or the
 * ratings without the rater's mean, z-score or baseline; the caller adds the pair's own part back.
 *
 * @source Surprise 1.1.4's similarities and neighbour choice, ties by order of appearance
 * @throws aborted
 */
export function predictKnn(
  data: KnnData,
  targets: ArrayLike<number>,
  pairs: KnnPairs,
  options: KnnOptions,
  context: KnnContext = {},
): Promise<KnnEstimates> {
  return withKernels(context, async (pool) => {
    const { arena } = pool;
    const grouped = groupEntries(arena, pairs.rows, pairs.columns, data.rowCount);
    const estimates = arena.float64(pairs.rows.length);
    const neighbours = arena.uint32(pairs.rows.length);
    await runKnn(
      pool,
      "knnRows",
      data,
      options,
      { targets, pairs: [grouped.starts, grouped.columns], estimates, neighbours },
      context,
    );
    const result = {
      estimates: new Float64Array(estimates.length),
      neighbours: new Uint32Array(neighbours.length),
    };
    grouped.places.forEach((place, at) => {
      result.estimates[place] = estimates[at]!;
      result.neighbours[place] = neighbours[at]!;
    });
    return result;
  });
}

/**
 * All similarities, for a model that has to serve later: the packed lower triangle, float32, the pair (a, b)
 * with a > b at a(a − 1) / 2 + b. Shape (rows · (rows − 1) / 2).
 */
export function similarityTriangle(
  data: KnnData,
  options: SimilarityOptions,
  context: KnnContext = {},
): Promise<Float32Array> {
  return withKernels(context, async (pool) => {
    const estimates = pool.arena.float32((data.rowCount * (data.rowCount - 1)) / 2);
    const none = pool.arena.uint32(0);
    await runKnn(
      pool,
      "similarityTriangle",
      data,
      { ...options, k: 1, minK: 1 },
      { targets: [], pairs: [none, none], estimates, neighbours: none },
      context,
    );
    return estimates.slice();
  });
}

interface KnnWork {
  readonly targets: ArrayLike<number>;
  readonly pairs: readonly [Uint32Array, Uint32Array];
  readonly estimates: Float32Array | Float64Array;
  readonly neighbours: Uint32Array;
}

async function runKnn(
  pool: KernelPool,
  kernel: string,
  data: KnnData,
  options: KnnOptions,
  work: KnnWork,
  context: KnnContext,
) {
  const { arena, workers } = pool;
  const byRow = groupEntries(arena, data.rows, data.columns, data.rowCount);
  const byColumn = groupEntries(arena, data.columns, data.rows, data.columnCount);
  const slots = Math.max(1, workers);
  // Per thread: accumulators, one row of similarities, the heap; see kernels/knn.ts.
  const scratchBytes = Math.ceil((data.rowCount * 40 + options.k * 16) / 64) * 64;
  const args = arena.words([
    { u32: data.rowCount },
    byRow.starts,
    byRow.columns,
    entryValues(arena, byRow, data.values),
    byColumn.starts,
    byColumn.columns,
    entryValues(arena, byColumn, data.values),
    { u32: kinds[options.similarity] },
    { u32: options.minSupport },
    { f32: options.shrinkage ?? 100 },
    work.targets.length === 0 ? arena.float32(0) : entryValues(arena, byColumn, work.targets),
    ...work.pairs,
    work.estimates,
    work.neighbours,
    { u32: options.k },
    { u32: options.minK },
    { u32: slices },
    arena.uint32(1).fill(0),
    zeros(arena, (slots * scratchBytes) / 4),
    { u32: scratchBytes },
  ]);
  await pool.run(
    { kernel, args, tasks: slices },
    {
      signal: context.signal,
      onFinished: (calls) =>
        context.onProgress?.({ phase: "knn", done: calls, total: slices, unit: "slices" }),
    },
  );
}

function zeros(arena: Arena, length: number): Float32Array {
  return arena.float32(length).fill(0);
}
