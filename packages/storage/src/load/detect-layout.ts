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

interface Guess {
  readonly layout: RatingLayout;
  /** The part of the sample's lines that have all columns and a number as rating, 0..1. */
  readonly score: number;
}

/**
 * Finds out how the ratings of a text file are laid out, from its first lines: the separator that cuts most
 * of them into the same number of columns (three at least) with a number where the rating is; the header,
 * when the first line has no number at all; the columns, by name or position.
 *
 * @param name - how messages call the file.
 * @throws data_load when the file is empty, or no separator fits, or the one given does not: the message says
 * what was seen and which one would
 */
export function detectLayout(sample: TextSample, name: string, options: LayoutOptions = {}): RatingLayout {
  const { bytes } = sample;
  if (sample.empty || bytes.length === 0) throw refusal(name, "is empty");
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw refusal(name, "is UTF-16 text; save it as UTF-8");
  }
  const encoding = options.encoding ?? detectEncoding(bytes);
  const given = options.separator;
  const tried = given === undefined ? candidates : quotingsOf(given);
  const best = bestGuess(bytes, tried, encoding, options);
  if (best && best.score > 0) return best.layout;
  const first = firstLine(bytes);
  const seen = `line ${first.line} is ${JSON.stringify(first.text.slice(0, 120))}`;
  if (given !== undefined) {
    const fitting = bestGuess(bytes, candidates, encoding, { ...options, columns: undefined });
    const remedy =
      fitting && fitting.score > 0
        ? `the separator ${JSON.stringify(fitting.layout.separator)} would fit`
        : "no usual separator fits either";
    const message = `cannot be read with the separator ${JSON.stringify(given)}: ${seen}; ${remedy}`;
    throw refusal(name, message, first.line);
  }
  if (best?.layout.header) throw refusal(name, `holds a header (${seen}) but no rating`, first.line);
  throw refusal(
    name,
    `does not look like ratings: ${seen}. Expected at least user, item and rating, separated by a tab, “,”, “;”, “|” or “::”; give --separator and --columns`,
    first.line,
  );
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
  const columns = findRatingColumns(named ? first : null, columnCount, options.columns);
  if (!columns) return undefined;
  const rows = named ? records.slice(1) : records;
  const fitting = rows.filter((row) => row.length === columnCount && isNumber(row[columns.rating] ?? ""));
  const layout = { separator, quoting, encoding, header: named, columnCount };
  return {
    layout: { ...layout, columns: withoutFalseTime(columns, named, fitting) },
    score: fitting.length / Math.max(1, rows.length + problems),
  };
}

/** A fourth column without a name counts as time only when it looks like one. */
function withoutFalseTime(columns: RatingColumns, named: boolean, rows: readonly string[][]): RatingColumns {
  const { timestamp } = columns;
  if (named || timestamp === null) return columns;
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
