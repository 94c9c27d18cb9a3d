import { type Id, type OnProgress, type Rating, TamisError } from "@tamis/core";
import type { Records } from "./schema.ts";

/**
 * Ratings as columns, in the order they were read; row `i` is `userIds[i]`, `itemIds[i]`… for `i < length`.
 * Ids are in their stored form, `String(id)`; `ratedAt` is Unix seconds, `NaN` where there is none.
 */
export interface RatingBatch {
  readonly length: number;
  readonly userIds: readonly string[];
  readonly itemIds: readonly string[];
  readonly ratings: Float64Array;
  readonly ratedAt: Float64Array;
}

export interface ReplaceRatingsOptions {
  /** Number of rows that will come, for the progress. */
  readonly total?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** What {@link countStats} answers: users who rated, items rated. */
export interface RatingStats {
  readonly users: number;
  readonly items: number;
  readonly ratings: number;
  readonly averageRating: number | null;
}

export async function replaceImportedRatings(
  _records: Records,
  _batches: AsyncIterable<RatingBatch> | Iterable<RatingBatch>,
  _options: ReplaceRatingsOptions = {},
): Promise<{ rows: number }> {
  throw new TamisError("unsupported", "replaceImportedRatings is being written.");
}

export async function ratingsOfUser(_records: Records, _userId: Id): Promise<Rating[]> {
  throw new TamisError("unsupported", "ratingsOfUser is being written.");
}

export async function countStats(_records: Records): Promise<RatingStats> {
  throw new TamisError("unsupported", "countStats is being written.");
}
