import type { SparseRows } from "../sparse-rows.ts";
import type { Arena } from "./arena.ts";

/** Ratings in whole, half or quarter stars, as levels 0, 1, 2… of one `unit`. */
export interface LevelRuns {
  readonly unit: number;
  readonly levels: number;
  levelOf(rating: number): number;
  /** The raters of y at a level: offsets[starts[y · levels + level]] … Shape (y · levels + 1). */
  readonly starts: Uint32Array;
  /** 4 · x: where a word for x is in an array of them. Shape (ratings). */
  readonly offsets: Uint32Array;
  /** Bits that hold any sum of squared differences of levels; what is left of 32 holds any count. */
  readonly squareBits: number;
}

/** Of the units; quarter stars. */
const smallest = 0.25;
/** Of the levels. */
const most = 32;

/**
 * Regroups ratings for integer sums, or `undefined` when they have too many levels for that, a pair is there twice,
 * or the sums might not fit into 32 bits.
 *
 * @param ratings - y × x
 */
export function levelRuns(arena: Arena, ratings: SparseRows, xCount: number): LevelRuns | undefined {
  const scale = levelScale(ratings.values);
  const longest = mostOfAnX(ratings, xCount);
  if (scale === undefined || longest === undefined) return undefined;
  const { unit, lowest, levels } = scale;
  const squareBits = bitsOf(longest * (levels - 1) ** 2);
  if (squareBits + bitsOf(longest) > 32) return undefined;

  const levelOf = (value: number) => (value - lowest) / unit;
  const yCount = ratings.starts.length - 1;
  const starts = arena.uint32(yCount * levels + 1).fill(0);
  const offsets = arena.uint32(ratings.values.length);
  const next = new Uint32Array(levels);
  for (let y = 0; y < yCount; y++) {
    const [from, to] = [ratings.starts[y]!, ratings.starts[y + 1]!];
    next.fill(0);
    for (let p = from; p < to; p++) next[levelOf(ratings.values[p]!)]!++;
    for (let level = 0, place = from; level < levels; level++) {
      const count = next[level]!;
      next[level] = place;
      place += count;
      starts[y * levels + level + 1] = place;
    }
    for (let p = from; p < to; p++) offsets[next[levelOf(ratings.values[p]!)]!++] = 4 * ratings.columns[p]!;
  }
  return { unit, levels, levelOf, starts, offsets, squareBits };
}

function levelScale(values: Float64Array): { unit: number; lowest: number; levels: number } | undefined {
  let [lowest, highest, unit] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1];
  for (let p = 0; p < values.length; p++) {
    const value = values[p]!;
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
    while (unit >= smallest && !Number.isInteger(value / unit)) unit /= 2;
  }
  const levels = (highest - lowest) / unit + 1;
  return unit >= smallest && levels <= most ? { unit, lowest, levels } : undefined;
}

/** The most ratings of an x; `undefined` when a pair is there twice. */
function mostOfAnX({ starts, columns }: SparseRows, xCount: number): number | undefined {
  const counts = new Uint32Array(xCount);
  const lastY = new Int32Array(xCount).fill(-1);
  for (let y = 0; y + 1 < starts.length; y++) {
    for (let p = starts[y]!; p < starts[y + 1]!; p++) {
      const x = columns[p]!;
      if (lastY[x] === y) return undefined;
      lastY[x] = y;
      counts[x]!++;
    }
  }
  return counts.reduce((most, count) => Math.max(most, count), 0);
}

/** Bits of a whole number. */
function bitsOf(value: number): number {
  return 32 - Math.clz32(value);
}
