import type { SparseRows } from "../sparse-rows.ts";
import type { Arena } from "./arena.ts";

/** Ratings in whole, half or quarter stars, as levels 0, 1, 2… of one `unit`. */
export interface LevelRuns {
  readonly unit: number;
  readonly levels: number;
  /** The raters of y at a level: offsets[starts[y · levels + level]] … Shape (y · levels + 1). */
  readonly starts: Uint32Array;
  /** 4 · x: where a word for x is in an array of them. Shape (ratings). */
  readonly offsets: Uint32Array;
  /** Aligned with the ratings by x. */
  readonly levelsOfX: Uint32Array;
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
 * @param ofX - the same, transposed
 */
export function levelRuns(arena: Arena, ratings: SparseRows, ofX: SparseRows): LevelRuns | undefined {
  const scale = levelScale(ratings.values);
  const longest = longestRow(ofX);
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
  const levelsOfX = arena.uint32(ofX.values.length);
  for (let p = 0; p < levelsOfX.length; p++) levelsOfX[p] = levelOf(ofX.values[p]!);
  return { unit, levels, starts, offsets, levelsOfX, squareBits };
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

/** The most entries of a row; `undefined` when one is there twice. */
function longestRow({ starts, columns }: SparseRows): number | undefined {
  let longest = 0;
  for (let row = 0; row + 1 < starts.length; row++) {
    longest = Math.max(longest, starts[row + 1]! - starts[row]!);
    for (let p = starts[row]! + 1; p < starts[row + 1]!; p++) {
      if (columns[p] === columns[p - 1]) return undefined;
    }
  }
  return longest;
}

/** Bits of a whole number. */
function bitsOf(value: number): number {
  return 32 - Math.clz32(value);
}
