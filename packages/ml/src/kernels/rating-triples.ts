/**
 * Ratings as flat arrays of equal length, in training order: dense 0-based user and item numbers and stars.
 * A (user, item) pair occurs at most once.
 */
export interface RatingTriples {
  readonly users: Int32Array;
  readonly items: Int32Array;
  readonly ratings: Float64Array | Float32Array;
  readonly userCount: number;
  readonly itemCount: number;
}
