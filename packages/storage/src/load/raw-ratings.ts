import { checkRating, type RawRating, type Scale } from "@tamis/core";
import {
  addToBatch,
  clearBatch,
  createRatingBatch,
  type RatingHandlers,
  ratingBatchCapacity,
} from "./rating-batch.ts";

/** Checks ratings given as texts, one by one, and hands them on in batches. */
export interface RawRatings {
  /** `text` is the row as it was read, asked for only when it is refused. */
  take(raw: RawRating, line: number, text: () => string): void;
  end(): void;
}

/** The way of rows that are no delimited text (JSON, Parquet): each goes through `checkRating`. */
export function rawRatings(source: string, scale: Scale, handlers: RatingHandlers): RawRatings {
  const batch = createRatingBatch();
  const flush = () => {
    if (batch.length > 0) handlers.onBatch(batch);
    clearBatch(batch);
  };
  return {
    take(raw, line, text) {
      const checked = checkRating(raw, scale);
      if (checked.rating) {
        if (batch.length === ratingBatchCapacity) flush();
        addToBatch(batch, checked.rating, line);
      } else {
        handlers.onReject({ source, line, reason: checked.reason, detail: checked.detail, raw: text() });
      }
    },
    end: flush,
  };
}
