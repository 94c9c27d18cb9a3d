import { checkRating, type RawRating, type Scale } from "@tamis/core";
import { type DelimitedReader, delimitedReader } from "./delimited.ts";
import { type DelimitedBatch, fieldText, recordText } from "./delimited-batch.ts";
import { plainRatings } from "./plain-ratings.ts";
import {
  addToBatch,
  clearBatch,
  createRatingBatch,
  type RatingHandlers,
  ratingBatchCapacity,
} from "./rating-batch.ts";
import type { RatingLayout } from "./rating-layout.ts";

/**
 * Reads ratings from the bytes of a delimited file, checked as `checkRating` of core does.
 *
 * A record whose cells are plain (digits, a decimal point) never becomes a string; every other one goes through
 * `checkRating`, which is the only judge of what is accepted.
 *
 * @param source - how rejects name the file.
 */
export function delimitedRatings(
  layout: RatingLayout,
  source: string,
  scale: Scale,
  handlers: RatingHandlers,
): DelimitedReader {
  const { columns, columnCount } = layout;
  const batch = createRatingBatch();
  let headerPending = layout.header;
  let firstProblem = Number.POSITIVE_INFINITY;

  const takePlain = plainRatings(layout, scale, batch);

  const reader = delimitedReader(layout, {
    takePlain(bytes, start, limit, line) {
      if (headerPending) return -1;
      if (batch.length === ratingBatchCapacity) flush();
      return takePlain(bytes, start, limit, line);
    },
    onBatch: take,
    onProblem(problem) {
      firstProblem = Math.min(firstProblem, problem.line);
      handlers.onReject({ source, ...problem });
    },
  });

  return {
    push: reader.push,
    end() {
      reader.end();
      flush();
    },
  };

  function take(records: DelimitedBatch): void {
    const { firstField, lines } = records;
    let record = 0;
    if (headerPending) {
      headerPending = false;
      // When the header itself was refused, the first record that came through is data.
      if (firstProblem > lines[0]!) record = 1;
    }
    for (; record < records.rows; record++) {
      const first = firstField[record]!;
      if (batch.length === ratingBatchCapacity) flush();
      if (firstField[record + 1]! - first !== columnCount) {
        refuseColumns(records, record);
        continue;
      }
      takeSlowly(records, record, first);
    }
  }

  function takeSlowly(records: DelimitedBatch, record: number, first: number): void {
    const raw: RawRating = {
      userId: fieldText(records, first + columns.user),
      itemId: fieldText(records, first + columns.item),
      rating: fieldText(records, first + columns.rating),
      ratedAt: columns.timestamp === null ? undefined : fieldText(records, first + columns.timestamp),
    };
    const line = records.lines[record]!;
    const checked = checkRating(raw, scale);
    if (checked.rating) addToBatch(batch, checked.rating, line);
    else {
      const { reason, detail } = checked;
      handlers.onReject({ source, line, reason, detail, raw: recordText(records, record) });
    }
  }

  function refuseColumns(records: DelimitedBatch, record: number): void {
    const found = records.firstField[record + 1]! - records.firstField[record]!;
    handlers.onReject({
      source,
      line: records.lines[record]!,
      reason: "wrong_column_count",
      detail: `${found} ${found === 1 ? "column" : "columns"} where ${columnCount} were expected`,
      raw: recordText(records, record),
    });
  }

  function flush(): void {
    if (batch.length === 0) return;
    handlers.onBatch(batch);
    clearBatch(batch);
  }
}
