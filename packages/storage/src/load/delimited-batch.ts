import { maxRawLength } from "@tamis/core";

/** How text files encode their letters. */
export type TextEncoding = "utf-8" | "latin1";

/**
 * Records of a delimited file as offsets into its bytes. Field `f` of record `r`, counted from
 * `firstField[r]` up to `firstField[r + 1]`, is `bytes[starts[f]..ends[f])`, without its quotes.
 * The reader reuses it: it holds until the handler returns.
 */
export interface DelimitedBatch {
  readonly bytes: Buffer;
  readonly rows: number;
  /** 1-based line on which a record starts. */
  readonly lines: Int32Array;
  readonly firstField: Int32Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** 1 where a quoted field holds doubled quotes, still doubled in `bytes`. */
  readonly escaped: Uint8Array;
  readonly encoding: TextEncoding;
}

const quoteMark = 34;

/** The text of a field of a batch, doubled quotes undone. */
export function fieldText(batch: DelimitedBatch, field: number): string {
  const text = batch.bytes.toString(
    batch.encoding === "utf-8" ? "utf8" : "latin1",
    batch.starts[field],
    batch.ends[field],
  );
  return batch.escaped[field] === 1 ? text.replaceAll('""', '"') : text;
}

/** A record of a batch as it was read, cut to the length kept of a refused row. */
export function recordText(batch: DelimitedBatch, record: number): string {
  const start = batch.starts[batch.firstField[record]!]!;
  const opened = start > 0 && batch.bytes[start - 1] === quoteMark ? start - 1 : start;
  const last = batch.ends[batch.firstField[record + 1]! - 1]!;
  const closed = batch.bytes[last] === quoteMark ? last + 1 : last;
  const end = Math.min(closed, opened + 4 * maxRawLength);
  return batch.bytes
    .toString(batch.encoding === "utf-8" ? "utf8" : "latin1", opened, end)
    .slice(0, maxRawLength);
}
