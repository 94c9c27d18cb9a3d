import { isUtf8 } from "node:buffer";
import { maxRawLength, type RejectReason } from "@tamis/core";
import type { DelimitedBatch, TextEncoding } from "./delimited-batch.ts";
import { singleBlanks } from "./single-blanks.ts";

export interface DelimitedOptions {
  /** One or more ASCII characters: `\t`, `,`, `;`, `|`, `::`… One space: any number of blanks, see `singleBlanks`. */
  readonly separator: string;
  /** RFC 4180 quoting: a field that starts with `"` ends at the next lone `"`. @default false */
  readonly quoting?: boolean;
  /** In `utf-8` a line with invalid bytes is refused; in `latin1` every byte is a letter. @default "utf-8" */
  readonly encoding?: TextEncoding;
  /** Bytes a record may have, its line end not counted. @default 1 MiB */
  readonly maxLineLength?: number;
}

/** A line that is no record, whatever its columns mean. */
export interface DelimitedProblem {
  readonly line: number;
  readonly reason: RejectReason;
  readonly detail: string;
  readonly raw: string;
}

export interface DelimitedHandlers {
  /**
   * Tried first on every record: takes the one that starts at `bytes[start]` whole and returns the index of its
   * line feed, or returns −1 and leaves it to {@link onBatch}. It must not look at or past `bytes[limit]`, and
   * must leave whatever needs a second look. Order is kept: no earlier record is still on its way.
   */
  takePlain?(bytes: Buffer, start: number, limit: number, line: number): number;
  onBatch(batch: DelimitedBatch): void;
  onProblem(problem: DelimitedProblem): void;
}

/** Takes the bytes of a file, in chunks of any size; `end` must be called once, after the last. */
export interface DelimitedReader {
  push(chunk: Uint8Array): void;
  end(): void;
}

/** @default of {@link DelimitedOptions.maxLineLength} */
export const defaultMaxLineLength = 1 << 20;

const rowCapacity = 8192;
/** Records scanned the general way before `takePlain` is tried again. */
const generalRun = 64;
const newline = 10;
const carriageReturn = 13;
const quoteMark = 34;

/** What a byte means to the scanner; all but `ordinary` end its innermost loop. */
const kinds = { ordinary: 0, separator: 1, newline: 2, nul: 4, high: 8 } as const;

/**
 * Splits a delimited file into records and fields, in memory bounded by the longest line allowed.
 *
 * Line ends may be LF, CR LF or both; a byte order mark is skipped; blank lines do not count; the last line
 * needs no line end. A line that cannot be a record is handed to `onProblem` and reading goes on with the next
 * physical line, so one unclosed quote costs one line: `line_too_long`, `nul_byte`, `invalid_encoding`,
 * `unclosed_quote` (also for text between a closing quote and the separator).
 *
 * Bytes are looked at once, through a table of 256 kinds; nothing is allocated per record.
 */
export function delimitedReader(options: DelimitedOptions, handlers: DelimitedHandlers): DelimitedReader {
  const { quoting = false, encoding = "utf-8", maxLineLength = defaultMaxLineLength } = options;
  const separator = Buffer.from(options.separator, "latin1");
  const prepare = options.separator === " " ? singleBlanks() : (chunk: Uint8Array) => chunk;
  const openingQuote = quoting ? quoteMark : -1;
  const kindOf = kindTable(separator[0]!, encoding);
  const capacity = 2 * maxLineLength + 16;
  // One byte more: a line feed behind the last byte stops the innermost loop without a bounds check.
  const bytes = Buffer.allocUnsafeSlow(capacity + 1);
  const lines = new Int32Array(rowCapacity);
  const firstField = new Int32Array(rowCapacity + 1);
  const batchRows = handlers.takePlain ? generalRun : rowCapacity;
  let starts = new Int32Array(batchRows * 8);
  let ends = new Int32Array(batchRows * 8);
  let escaped = new Uint8Array(batchRows * 8);
  let rows = 0;
  let filled = 0; // bytes[0..filled) are to be parsed
  let line = 1; // the line of the next record
  let atStart = true;
  let discarding = false; // inside a line that is too long
  let stopped: "between records" | "unfinished" | "bad quote" = "between records";
  const quoted = { end: -1, escaped: 0, newlines: 0, suspect: 0 };

  return {
    push(read) {
      const chunk = prepare(read);
      for (let from = 0; from < chunk.length; ) {
        const count = Math.min(chunk.length - from, capacity - filled);
        bytes.set(chunk.subarray(from, from + count), filled);
        from += count;
        filled += count;
        if (filled === capacity) parse(false);
      }
    },
    end: () => parse(true),
  };

  /** Parses what is buffered and keeps the record that is not complete yet, moved to the front. */
  function parse(final: boolean): void {
    let at = 0;
    if (atStart && filled >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) at = 3;
    atStart = false;
    while (at < filled) {
      if (discarding) {
        at = lineEnd(at) + 1;
        if (at > filled) break;
        discarding = false;
        line++;
        continue;
      }
      at = scan(at, final);
      deliver();
      if (stopped === "between records") continue;
      if (stopped === "unfinished" && filled - at <= maxLineLength + 2) break;
      at = refuseLine(at);
    }
    at = Math.min(at, filled);
    bytes.copyWithin(0, at, filled);
    filled -= at;
  }

  /** Scans complete records into the batch; returns where it stopped and sets `stopped` to why. */
  function scan(from: number, final: boolean): number {
    const limit = filled;
    bytes[limit] = newline;
    stopped = "between records";
    let at = takePlain(from, limit);
    let fields = 0;
    while (at < limit && rows < batchRows) {
      const start = at;
      let f = fields;
      let newlines = 0;
      let suspect = 0; // kinds that need a second look
      for (;;) {
        let fieldStart = at;
        let closed = -1; // where its closing quote is, of a quoted field
        if (bytes[at] === openingQuote && at < limit) {
          if (!findClosingQuote(at + 1, limit)) {
            stopped = final ? "bad quote" : "unfinished";
            return start;
          }
          fieldStart = at + 1;
          closed = quoted.end;
          newlines += quoted.newlines;
          suspect |= quoted.suspect;
          at = closed + 1;
        }
        let kind = kindOf[bytes[at]!]!;
        while (kind !== kinds.newline && (kind !== kinds.separator || !separatesAt(at))) {
          suspect |= kind;
          kind = kindOf[bytes[++at]!]!;
        }
        if (kind === kinds.newline && at === limit && !final) {
          stopped = "unfinished";
          return start;
        }
        let fieldEnd = at;
        if (kind === kinds.newline && at > fieldStart && bytes[at - 1] === carriageReturn) fieldEnd--;
        if (closed >= 0 && fieldEnd !== closed + 1) {
          stopped = "bad quote";
          return start;
        }
        starts[f] = fieldStart;
        ends[f] = closed >= 0 ? closed : fieldEnd;
        escaped[f] = closed >= 0 ? quoted.escaped : 0;
        f++;
        if (kind === kinds.newline) break;
        at += separator.length;
      }
      if (f > starts.length) {
        // More fields than there is room for; those past the end were not kept. Scan the record again.
        if (rows === 0) growFields(f);
        return start;
      }
      const length = at - start;
      const recordLine = line;
      line += 1 + newlines;
      at++;
      if (length === 0 || (length === 1 && bytes[start] === carriageReturn)) continue; // a blank line
      if (
        (suspect > kinds.separator || length > maxLineLength) &&
        !accept(start, at - 1, recordLine, suspect)
      ) {
        continue;
      }
      lines[rows] = recordLine;
      firstField[rows++] = fields;
      firstField[rows] = f;
      fields = f;
    }
    return at;
  }

  /** Hands record after record to `handlers.takePlain`, up to the first it leaves. */
  function takePlain(from: number, limit: number): number {
    if (!handlers.takePlain) return from;
    let start = from;
    let at = line;
    while (start < limit) {
      const end = handlers.takePlain(bytes, start, limit, at);
      if (end < 0) break;
      start = end + 1;
      at++;
    }
    line = at;
    return start;
  }

  function separatesAt(at: number): boolean {
    for (let i = 1; i < separator.length; i++) if (bytes[at + i] !== separator[i]) return false;
    return true;
  }

  /** Finds the lone quote that closes a field and describes it in `quoted`; false when it is not buffered. */
  function findClosingQuote(from: number, limit: number): boolean {
    quoted.escaped = 0;
    quoted.newlines = 0;
    quoted.suspect = 0;
    for (let at = from; at < limit; at++) {
      const byte = bytes[at]!;
      if (byte === newline) quoted.newlines++;
      else if (byte !== quoteMark) quoted.suspect |= kindOf[byte]!;
      else if (bytes[at + 1] === quoteMark && at + 1 < limit) {
        quoted.escaped = 1;
        at++;
      } else {
        quoted.end = at;
        return true;
      }
    }
    return false;
  }

  /** The second look at a complete record: its length, NUL bytes, its encoding. */
  function accept(start: number, end: number, recordLine: number, suspect: number): boolean {
    if (end - start > maxLineLength) {
      problem(recordLine, "line_too_long", `the line is longer than ${maxLineLength} bytes`, start, end);
    } else if (suspect & kinds.nul) {
      problem(recordLine, "nul_byte", "the line holds a NUL byte", start, end);
    } else if (suspect & kinds.high && !isUtf8(bytes.subarray(start, end))) {
      problem(recordLine, "invalid_encoding", "the line is not valid UTF-8", start, end);
    } else return true;
    return false;
  }

  /** Refuses the first physical line of the record at `start`; returns where the next one begins. */
  function refuseLine(start: number): number {
    const end = lineEnd(start);
    if (end - start > maxLineLength) {
      problem(line, "line_too_long", `the line is longer than ${maxLineLength} bytes`, start, end);
    } else {
      problem(
        line,
        "unclosed_quote",
        "a quoted field is not closed, or text follows its closing quote",
        start,
        end,
      );
    }
    discarding = end === filled;
    if (!discarding) line++;
    return end + 1;
  }

  function lineEnd(from: number): number {
    const found = bytes.indexOf(newline, from);
    return found < 0 || found > filled ? filled : found;
  }

  function problem(at: number, reason: RejectReason, detail: string, start: number, end: number): void {
    const cut = Math.min(end, start + 4 * maxRawLength);
    const text = bytes.toString(encoding === "utf-8" ? "utf8" : "latin1", start, cut);
    handlers.onProblem({ line: at, reason, detail, raw: text.replace(/\r?$/, "").slice(0, maxRawLength) });
  }

  function growFields(needed: number): void {
    const size = 2 ** Math.ceil(Math.log2(needed));
    starts = new Int32Array(size);
    ends = new Int32Array(size);
    escaped = new Uint8Array(size);
  }

  function deliver(): void {
    if (rows === 0) return;
    handlers.onBatch({ bytes, rows, lines, firstField, starts, ends, escaped, encoding });
    rows = 0;
  }
}

function kindTable(separator: number, encoding: TextEncoding): Uint8Array {
  const table = new Uint8Array(256);
  if (encoding === "utf-8") table.fill(kinds.high, 0x80);
  table[0] = kinds.nul;
  table[newline] = kinds.newline;
  table[separator] = kinds.separator;
  return table;
}
