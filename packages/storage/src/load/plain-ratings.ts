import type { Scale } from "@tamis/core";
import type { RatingBatch } from "./rating-batch.ts";
import type { RatingLayout } from "./rating-layout.ts";

const zero = 48;
const minus = 45;
const point = 46;
const quoteMark = 34;
const newline = 10;
const carriageReturn = 13;

/** Roles of columns, as the loop switches on them. */
const role = { skipped: 0, user: 1, item: 2, rating: 3, timestamp: 4 } as const;

/** 10^0 … 10^15, all exact in a double. */
const powersOfTen = Float64Array.from({ length: 16 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * The quick way through a ratings file: reads a record straight from its bytes into `batch` when it is plain,
 * and leaves it otherwise (for `checkRating`, which would have accepted every record taken here, with the same
 * values). Plain: ids of 1 to 15 digits without a leading zero, a rating of at most 15 digits with an optional
 * minus and point, inside the scale, a time in seconds or none, other columns free of quotes and of bytes
 * outside ASCII.
 *
 * Decimals are correctly rounded: their digits are a whole number below 2^53, divided once by an exact power
 * of ten.
 *
 * @returns the index of the record's line feed, or −1 when it was left; see `DelimitedHandlers.takePlain`.
 * @source Clinger, "How to read floating point numbers accurately", PLDI 1990 (the fast path).
 */
export function plainRatings(
  layout: RatingLayout,
  scale: Scale,
  batch: RatingBatch,
): (bytes: Buffer, start: number, limit: number, line: number) => number {
  const roles = columnRoles(layout);
  const separator = Buffer.from(layout.separator, "latin1");
  const separatorLength = separator.length;
  const [firstByte, secondByte] = [separator[0]!, separator[1] ?? -1];
  const lastColumn = layout.columnCount - 1;
  const { min, max } = scale;
  const { ratings, ratedAt, lines } = batch;
  const users = batch.users.numbers;
  const items = batch.items.numbers;
  const usable = separatorLength <= 2;

  return (bytes, start, limit, line) => {
    if (!usable) return -1;
    const row = batch.length;
    let at = start;
    let time = Number.NaN;
    for (let column = 0; column <= lastColumn; column++) {
      const columnRole = roles[column]!;
      let byte = bytes[at]!;
      if (columnRole === role.skipped) {
        if (byte === quoteMark) return -1;
        while (byte !== firstByte && byte !== newline) {
          if (byte === 0 || byte >= 0x80) return -1;
          byte = bytes[++at]!;
        }
        if (byte === newline && bytes[at - 1] === carriageReturn) byte = bytes[--at]!;
      } else {
        const negative = byte === minus;
        if (negative) byte = bytes[++at]!;
        const begin = at;
        let value = 0;
        let pointAt = 0;
        for (;;) {
          const digit = byte - zero;
          if (digit >= 0 && digit <= 9) value = value * 10 + digit;
          else if (byte === point && pointAt === 0) pointAt = at;
          else break;
          byte = bytes[++at]!;
        }
        const length = at - begin;
        if (length > 15) return -1;
        if (columnRole === role.rating) {
          if (pointAt > 0) {
            if (length === 1) return -1;
            value /= powersOfTen[at - pointAt - 1]!;
          }
          if (negative) value = -value;
          if (length === 0 || !(value >= min && value <= max)) return -1;
          ratings[row] = value;
        } else {
          if (negative || pointAt > 0) return -1;
          if (columnRole === role.timestamp) {
            if (length > 11) return -1;
            if (length > 0) time = value;
          } else if (length === 0 || (length > 1 && bytes[begin] === zero)) return -1;
          else if (columnRole === role.user) users[row] = value;
          else items[row] = value;
        }
      }
      if (column < lastColumn) {
        if (byte !== firstByte || (separatorLength === 2 && bytes[at + 1] !== secondByte)) return -1;
        at += separatorLength;
      } else {
        if (byte === carriageReturn) byte = bytes[++at]!;
        if (byte !== newline || at >= limit) return -1;
      }
    }
    ratedAt[row] = time;
    lines[row] = line;
    batch.length = row + 1;
    return at;
  };
}

function columnRoles({ columns, columnCount }: RatingLayout): Uint8Array {
  const roles = new Uint8Array(columnCount);
  roles[columns.user] = role.user;
  roles[columns.item] = role.item;
  roles[columns.rating] = role.rating;
  if (columns.timestamp !== null) roles[columns.timestamp] = role.timestamp;
  return roles;
}
