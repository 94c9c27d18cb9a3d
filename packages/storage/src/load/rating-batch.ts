import type { Id, Rating, Reject } from "@tamis/core";

/**
 * A column of ids. A whole number is in `numbers`; where the id is a text, `numbers` holds `NaN` and `texts`
 * the text. `texts` is `null` while no row needs it.
 */
export interface IdBatch {
  readonly numbers: Float64Array;
  texts: (string | undefined)[] | null;
}

/**
 * Accepted ratings as columns, the first `length` entries of each. `ratedAt` is Unix seconds, `NaN` for none;
 * `lines` are the 1-based lines of the source. Its reader reuses it: it holds until the handler returns.
 */
export interface RatingBatch {
  length: number;
  readonly users: IdBatch;
  readonly items: IdBatch;
  readonly ratings: Float64Array;
  readonly ratedAt: Float64Array;
  readonly lines: Int32Array;
}

/** Where a reader of ratings hands what it read: batches in the order of the file, rejects as they are found. */
export interface RatingHandlers {
  onBatch(batch: RatingBatch): void;
  onReject(reject: Reject): void;
}

/** Rows a {@link RatingBatch} has room for. */
export const ratingBatchCapacity = 8192;

/** An empty batch; its columns are in memory of the kind named, which threads may share. */
export function createRatingBatch(Memory: new (bytes: number) => ArrayBufferLike = ArrayBuffer): RatingBatch {
  const numbers = () => new Float64Array(new Memory(8 * ratingBatchCapacity));
  return {
    length: 0,
    users: { numbers: numbers(), texts: null },
    items: { numbers: numbers(), texts: null },
    ratings: numbers(),
    ratedAt: numbers(),
    lines: new Int32Array(new Memory(4 * ratingBatchCapacity)),
  };
}

/** Appends one rating; the caller sees to the capacity. */
export function addToBatch(batch: RatingBatch, rating: Rating, line: number): void {
  const row = batch.length++;
  setId(batch.users, row, rating.userId);
  setId(batch.items, row, rating.itemId);
  batch.ratings[row] = rating.rating;
  batch.ratedAt[row] = rating.ratedAt ?? Number.NaN;
  batch.lines[row] = line;
}

/** The id of a row. */
export function idAt(column: IdBatch, row: number): Id {
  return column.texts?.[row] ?? column.numbers[row]!;
}

function setId(column: IdBatch, row: number, id: Id): void {
  if (typeof id === "number") {
    column.numbers[row] = id;
    return;
  }
  column.numbers[row] = Number.NaN;
  column.texts ??= [];
  column.texts[row] = id;
}

/** Empties a batch for the next rows. */
export function clearBatch(batch: RatingBatch): void {
  batch.length = 0;
  batch.users.texts = null;
  batch.items.texts = null;
}
