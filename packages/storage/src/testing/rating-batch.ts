import type { Rating } from "@tamis/core";
import type { RatingBatch } from "../sql/rating-batch.ts";

/** Ratings as the columns that `replaceImportedRatings` takes. */
export function ratingBatch(ratings: readonly Rating[]): RatingBatch {
  return {
    length: ratings.length,
    userIds: ratings.map(({ userId }) => String(userId)),
    itemIds: ratings.map(({ itemId }) => String(itemId)),
    ratings: Float64Array.from(ratings, ({ rating }) => rating),
    ratedAt: Float64Array.from(ratings, ({ ratedAt }) => ratedAt ?? Number.NaN),
  };
}
