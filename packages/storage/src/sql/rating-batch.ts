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
