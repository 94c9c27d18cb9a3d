import { TamisError } from "@tamis/core";
import { delimitedReader } from "./delimited.ts";
import { fieldText, recordText, type TextEncoding } from "./delimited-batch.ts";
import { findRatingColumns, namesRatingColumns, type RatingColumns } from "./rating-columns.ts";
import type { RatingLayout } from "./rating-layout.ts";
import { detectEncoding, type TextSample } from "./sample-text.ts";

/** What the caller knows of a ratings file; the rest is detected. */
export interface LayoutOptions {
  readonly separator?: string | undefined;
  /** See `findRatingColumns`. */
  readonly columns?: readonly string[] | undefined;
  readonly header?: boolean | undefined;
  readonly encoding?: TextEncoding | undefined;
}

/** Separators looked for, with the quoting that goes with them. */
const candidates: readonly { separator: string; quoting: boolean }[] = [
  { separator: "::", quoting: false },
  { separator: "\t", quoting: false },
  { separator: ",", quoting: true },
  { separator: ";", quoting: true },
  { separator: "|", quoting: true },
  { separator: "\t", quoting: true },
];
const blanks: typeof candidates = [{ separator: " ", quoting: false }];

interface Guess {
  readonly layout: RatingLayout;
  /** Records of the sample, the header not counted. */
  readonly rows: number;
  /** The part of them that have all columns, a user, an item and a number as rating, 0..1. */
  readonly score: number;
}

/**
 * Finds out how the ratings of a text file are laid out, from its first lines: the separator that cuts most
 * of them into the same number of columns (three at least) with a number where the rating is, or else blanks;
 * the header, when the first line has no number at all; the columns, by name or position.
 *
 * @param name - how messages call the file.
 * @throws data_load when the file is empty, or no separator fits, or the one given does not: the message says
 * what was seen and which one would
 */
export function detectLayout(sample: TextSample, name: string, options: LayoutOptions = {}): RatingLayout {
  const { bytes } = sample;
  if (sample.empty || bytes.length === 0) throw refusal(name, "is empty");
  const encoding = options.encoding ?? detectEncoding(bytes);
  const given = options.separator;
  const best =
    given === undefined
      ? anyGuess(bytes, encoding, options)
      : bestGuess(bytes, quotingsOf(given), encoding, options);
  if (best && best.score > 0) return best.layout;
  const first = firstLine(bytes);
  const seen = `line ${first.line} is ${JSON.stringify(first.text.slice(0, 120))}`;
  if (given !== undefined) {
    const fitting = anyGuess(bytes, encoding, { ...options, columns: undefined });
    const remedy =
      fitting && fitting.score > 0
        ? `the separator ${JSON.stringify(fitting.layout.separator)} would fit`
        : "no usual separator fits either";
    const message = `cannot be read with the separator ${JSON.stringify(given)}: ${seen}; ${remedy}`;
    throw refusal(name, message, first.line);
  }
  const comma = /[;|\t]\s*"?([+-]?\d+,\d+)"?\s*(?:$|[;|\t\r\n])/.exec(bytes.toString("latin1", 0, 4096))?.[1];
  if (comma !== undefined) {
    const pointed = comma.replace(",", ".");
    throw refusal(name, `has decimal commas (${comma}); write its numbers with a point, as in ${pointed}`);
  }
  if (bytes.includes(0)) throw refusal(name, "is not text; export it as CSV (UTF-8), JSON lines or Parquet");
  if (first.text === "") throw refusal(name, "holds nothing but blank lines");
  if (best?.layout.header) {
    const column = best.layout.columns.rating + 1;
    const missing =
      best.rows === 0
        ? "but no rating"
        : `but no number in column ${column}, where the rating should be; name the columns with --columns`;
    throw refusal(name, `holds a header (${seen}) ${missing}`, first.line);
  }
  throw refusal(
    name,
    `does not look like ratings: ${seen}. Expected at least user, item and rating, separated by a tab, “,”, “;”, “|”, “::” or blanks; give --separator and --columns`,
    first.line,
  );
}

/** The usual separators first; blanks, which prose has too, when none of them fits and blanks fit half the lines. */
function anyGuess(bytes: Buffer, encoding: TextEncoding, options: LayoutOptions): Guess | undefined {
  const best = bestGuess(bytes, candidates, encoding, options);
  if (best && best.score > 0) return best;
  const apart = bestGuess(bytes, blanks, encoding, options);
  return apart && apart.score >= 0.5 ? apart : best;
}

function bestGuess(
  bytes: Buffer,
  tried: typeof candidates,
  encoding: TextEncoding,
  options: LayoutOptions,
): Guess | undefined {
  let best: Guess | undefined;
  for (const { separator, quoting } of tried) {
    const guess = guessLayout(bytes, separator, quoting, encoding, options);
    const better =
      guess &&
      (!best ||
        guess.score > best.score ||
        (guess.score === best.score && guess.layout.columnCount > best.layout.columnCount));
    if (better) best = guess;
  }
  return best;
}

function guessLayout(
  bytes: Buffer,
  separator: string,
  quoting: boolean,
  encoding: TextEncoding,
  options: LayoutOptions,
): Guess | undefined {
  const { records, problems } = readRecords(bytes, { separator, quoting, encoding });
  const [first] = records;
  if (!first) return undefined;
  const named = options.header ?? (first.length >= 3 && (namesRatingColumns(first) || !first.some(isNumber)));
  const columnCount = named ? first.length : commonest(records.map((record) => record.length));
  if (columnCount < 3) return undefined;
  const found = findRatingColumns(named ? first : null, columnCount, options.columns);
  if (!found) return undefined;
  const rows = named ? records.slice(1) : records;
  const known = named || options.columns !== undefined;
  const columns = known ? found : withTimeFirst(found, rows);
  const isFilled = (row: string[], column: number) => (row[column] ?? "").trim() !== "";
  const fitting = rows.filter(
    (row) =>
      row.length === columnCount &&
      isFilled(row, columns.user) &&
      isFilled(row, columns.item) &&
      isNumber(row[columns.rating] ?? ""),
  );
  const names = named ? first : null;
  const layout = { separator, quoting, encoding, header: named, names, columnCount };
  return {
    layout: { ...layout, columns: known ? columns : withoutFalseTime(columns, fitting) },
    rows: rows.length,
    score: fitting.length / Math.max(1, rows.length + problems),
  };
}

/** Without names, `user, item, time, rating` is known by its times: no rating is above 10^8. */
function withTimeFirst(columns: RatingColumns, rows: string[][]): RatingColumns {
  const { rating, timestamp } = columns;
  if (timestamp === null) return columns;
  const isTime = (text = "") => /^\s*(?:\d{9,13}|\d{4}[-/].*)\s*$/.test(text);
  const swapped = rows.filter((row) => isTime(row[rating]) && !isTime(row[timestamp]));
  return swapped.length * 2 > rows.length ? { ...columns, rating: timestamp, timestamp: rating } : columns;
}

/** A fourth column without a name counts as time only when it looks like one. */
function withoutFalseTime(columns: RatingColumns, rows: readonly string[][]): RatingColumns {
  const { timestamp } = columns;
  if (timestamp === null) return columns;
  const looksRight = rows.filter((row) => /^\s*(?:\d+|\d{4}[-/].*)?\s*$/.test(row[timestamp] ?? ""));
  return looksRight.length * 2 >= rows.length ? columns : { ...columns, timestamp: null };
}

function readRecords(
  bytes: Buffer,
  options: { separator: string; quoting: boolean; encoding: TextEncoding },
): { records: string[][]; problems: number } {
  const records: string[][] = [];
  let problems = 0;
  const reader = delimitedReader(options, {
    onBatch(batch) {
      for (let row = 0; row < batch.rows; row++) {
        const fields: string[] = [];
        for (let f = batch.firstField[row]!; f < batch.firstField[row + 1]!; f++)
          fields.push(fieldText(batch, f));
        records.push(fields);
      }
    },
    onProblem: () => problems++,
  });
  reader.push(bytes);
  reader.end();
  return { records, problems };
}

function firstLine(bytes: Buffer): { line: number; text: string } {
  let first = { line: 1, text: "" };
  const reader = delimitedReader(
    { separator: "\u0001" },
    {
      onBatch(batch) {
        if (first.text === "") first = { line: batch.lines[0]!, text: recordText(batch, 0) };
      },
      onProblem() {},
    },
  );
  reader.push(bytes);
  reader.end();
  return first;
}

function quotingsOf(separator: string): typeof candidates {
  if (separator === " ") return blanks;
  const first = !["\t", "::"].includes(separator);
  return [
    { separator, quoting: first },
    { separator, quoting: !first },
  ];
}

function commonest(counts: readonly number[]): number {
  const seen = new Map<number, number>();
  for (const count of counts) seen.set(count, (seen.get(count) ?? 0) + 1);
  return [...seen].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
}

function isNumber(text: string): boolean {
  return /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/.test(text);
}

function refusal(name: string, message: string, line?: number): TamisError {
  return new TamisError("data_load", `${name} ${message}.`, {
    details: { file: name, ...(line === undefined ? {} : { line }) },
  });
}
