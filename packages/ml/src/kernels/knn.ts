import type { OnProgress } from "@tamis/core";
import type { SparseRows } from "../sparse-rows.ts";
import type { Arena } from "./arena.ts";
import { type LevelRuns, levelRuns } from "./level-runs.ts";
import { type PoolOptions, withKernels } from "./pool.ts";

/** What neighbours are made from. Similarities are between the x (the users, or the items), over the y both rated. */
export interface KnnData {
  /** y × x, what similarities compare: ratings, or their residuals for `pearson_baseline`. */
  readonly ratings: SparseRows;
  readonly xCount: number;
  /** What is averaged, aligned with the ratings. */
  readonly targets: Float64Array;
}

export interface KnnOptions {
  readonly similarity: "cosine" | "msd" | "pearson" | "pearson_baseline";
  /** Fewer y in common give similarity 0. */
  readonly minSupport: number;
  /** Of `pearson_baseline`. */
  readonly shrinkage: number;
  readonly k: number;
  /** Fewer neighbours of positive similarity give NaN. */
  readonly minK: number;
}

/** The pairs to estimate: their x and y, aligned, -1 for an unknown one. */
export interface KnnPairs {
  readonly xs: Int32Array;
  readonly ys: Int32Array;
}

export interface KnnContext extends PoolOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

const kinds = { cosine: 0, msd: 1, pearson: 2, pearson_baseline: 3, msdOfLevels: 4 } as const;
const slices = 256;
/** accumulatorBytes of kernels/similarity.ts. */
const accumulatorBytes = 48;

/**
 * Σ sim · target / Σ sim over the k most similar x that have each pair's y, or NaN: shape (pairs). For each x with
 * pairs its similarities to all x, then its pairs: no x × x matrix ever exists. `targets` are the ratings
 * (KNNBasic), or the ratings without the mean, z-score or baseline; the caller adds the pair's own part back. A
 * pair with an unknown side gives NaN.
 *
 * All sums are of float64, in the order of the ratings: the result does not depend on the workers.
 *
 * @source Surprise 1.1.4's similarities and choice of neighbours, ties by order of appearance
 * @throws aborted
 */
export function predictKnn(
  data: KnnData,
  pairs: KnnPairs,
  options: KnnOptions,
  context: KnnContext = {},
): Promise<Float64Array> {
  return withKernels(context, async ({ arena, workers, run }) => {
    const byX = groupPairs(arena, pairs, data.xCount);
    const estimates = arena.float64(byX.places.length);
    const capacity = 4 * options.k;
    // Per thread: accumulators, one row of similarities, the gathered neighbours; see kernels/knn.ts.
    const padded = Math.ceil(data.xCount / 4) * 4;
    const scratchBytes = Math.ceil((padded * (accumulatorBytes + 8) + (capacity + 1) * 12) / 64) * 64;
    const targets = copyOf(arena, data.targets);
    const args = arena.words([
      ...similarityArguments(arena, data, targets, options),
      targets,
      byX.starts,
      byX.ys,
      estimates,
      { u32: options.k },
      { u32: options.minK },
      { u32: capacity },
      { u32: slices },
      arena.uint32(1).fill(0),
      arena.float32((Math.max(1, workers) * scratchBytes) / 4).fill(0),
      { u32: scratchBytes },
    ]);
    const onFinished = (calls: number) =>
      context.onProgress?.({ phase: "predict", done: calls, total: slices, unit: "slices" });
    await run({ kernel: "knnRows", args, tasks: slices }, { signal: context.signal, onFinished });
    const result = new Float64Array(pairs.xs.length).fill(Number.NaN);
    for (let at = 0; at < estimates.length; at++) result[byX.places[at]!] = estimates[at]!;
    return result;
  });
}

/** The pairs of known sides, x by x: those of x are starts[x] … starts[x + 1] − 1. */
function groupPairs(arena: Arena, { xs, ys }: KnnPairs, xCount: number) {
  const starts = arena.uint32(xCount + 1).fill(0);
  const isKnown = (pair: number) => xs[pair]! >= 0 && ys[pair]! >= 0;
  for (let pair = 0; pair < xs.length; pair++) if (isKnown(pair)) starts[xs[pair]! + 1]!++;
  for (let x = 0; x < xCount; x++) starts[x + 1]! += starts[x]!;
  const next = starts.slice();
  const count = starts[xCount]!;
  const grouped = { starts, ys: arena.uint32(count), places: new Uint32Array(count) };
  for (let pair = 0; pair < xs.length; pair++) {
    if (!isKnown(pair)) continue;
    const at = next[xs[pair]!]!++;
    grouped.ys[at] = ys[pair]!;
    grouped.places[at] = pair;
  }
  return grouped;
}

/**
 * In the order of kernels/similarity.ts.
 *
 * @param targets - the copy of the targets; of the ratings too, where they are the same
 */
function similarityArguments(
  arena: Arena,
  { ratings, xCount, ...data }: KnnData,
  targets: Float64Array,
  { similarity, minSupport, shrinkage }: KnnOptions,
): Parameters<Arena["words"]>[0] {
  const runs = similarity === "msd" ? levelRuns(arena, ratings, xCount) : undefined;
  const ofX = ratingsByX(arena, ratings, xCount, runs);
  const needed = runs ? new Float64Array() : ratings.values;
  return [
    { u32: runs ? kinds.msdOfLevels : kinds[similarity] },
    { u32: xCount },
    ofX.starts,
    ofX.ys,
    ofX.values,
    copyOf(arena, ratings.starts),
    copyOf(arena, ratings.columns),
    needed === data.targets ? targets : copyOf(arena, needed),
    runs?.starts ?? arena.uint32(0),
    runs?.offsets ?? arena.uint32(0),
    { u32: runs?.levels ?? 0 },
    { u32: runs?.squareBits ?? 0 },
    { u32: minSupport },
    copyOf(arena, Float64Array.of(shrinkage, (runs?.unit ?? 0) ** 2)),
  ];
}

/** The ratings transposed, straight into shared memory; as levels where there are such. */
function ratingsByX(arena: Arena, { starts, columns, values }: SparseRows, xCount: number, runs?: LevelRuns) {
  const count = values.length;
  const startsOfX = arena.uint32(xCount + 1).fill(0);
  for (let p = 0; p < count; p++) startsOfX[columns[p]! + 1]!++;
  for (let x = 0; x < xCount; x++) startsOfX[x + 1]! += startsOfX[x]!;
  const next = startsOfX.slice();
  const ofX = {
    starts: startsOfX,
    ys: arena.uint32(count),
    values: runs ? arena.uint32(count) : arena.float64(count),
  };
  for (let y = 0; y + 1 < starts.length; y++) {
    for (let p = starts[y]!; p < starts[y + 1]!; p++) {
      const at = next[columns[p]!]!++;
      ofX.ys[at] = y;
      ofX.values[at] = runs ? runs.levelOf(values[p]!) : values[p]!;
    }
  }
  return ofX;
}

function copyOf(arena: Arena, values: Int32Array): Uint32Array;
function copyOf(arena: Arena, values: Float64Array): Float64Array;
function copyOf(arena: Arena, values: Int32Array | Float64Array): Uint32Array | Float64Array {
  const copy = values instanceof Int32Array ? arena.uint32(values.length) : arena.float64(values.length);
  copy.set(values);
  return copy;
}
