import { Scale } from "@tamis/core";
import type { DuplicatePolicy } from "@tamis/storage";
import { defineCommand } from "../define-command.ts";
import { duplicatesFlag } from "../duplicates-flag.ts";
import { reportImport } from "../import-report.ts";

interface Flags {
  readonly separator?: string;
  readonly columns?: readonly string[];
  readonly header?: boolean;
  readonly scale?: Scale;
  readonly duplicates?: DuplicatePolicy;
  readonly append?: boolean;
}

/** `tamis import ratings FILE`: any file with a rating per row. */
export const importRatings = defineCommand<Flags, [file: string]>({
  summary: "Read any ratings file: CSV, TSV, JSON, Parquet",
  details: [
    "Reads any file with one rating per row and makes it the data set. Separator, header and scale are found",
    "out from the file unless given here. The scale is the lowest and the highest rating seen; give it when",
    "ratings outside it must be refused. Refused rows are kept with their line and reason (tamis rejects).",
  ].join("\n"),
  examples: [
    "tamis import ratings ./ratings.csv",
    "tamis import ratings ./jokes.tsv --separator tab --no-header --scale -10..10",
    "tamis import ratings ./sales.csv --columns user,item,rating,timestamp --json",
  ],
  flags: {
    separator: {
      kind: "parsed",
      parse: parseSeparator,
      optional: true,
      placeholder: "S",
      brief: "What stands between two cells: , ; :: | tab space",
    },
    columns: {
      kind: "parsed",
      parse: parseColumns,
      optional: true,
      placeholder: "NAMES",
      brief:
        "What the columns hold, in order: user,item,rating[,timestamp] (“_” skips one), or their names in the header",
    },
    header: {
      kind: "boolean",
      optional: true,
      brief: "Whether the first line names the columns",
    },
    scale: {
      kind: "parsed",
      parse: parseScale,
      optional: true,
      placeholder: "MIN..MAX",
      brief: "Values a rating may take, e.g. 0.5..5 or -10..10",
    },
    duplicates: duplicatesFlag,
    append: {
      kind: "boolean",
      optional: true,
      withNegated: false,
      brief: "Add to the current data set instead of replacing it",
    },
  },
  positional: {
    kind: "tuple",
    parameters: [{ placeholder: "FILE", brief: "The ratings file", parse: (file) => file }],
  },
  whenInterrupted: "Interrupted; nothing was changed.",
  async run(context, flags, file) {
    const { importRatings } = await import("@tamis/storage");
    const { signal, onProgress } = context;
    const { separator, columns, header, scale, duplicates, append = false } = flags;
    const result = await importRatings(await context.tamis(), file, {
      append,
      duplicates,
      signal,
      onProgress,
      ...(separator !== undefined && { separator }),
      ...(columns !== undefined && { columns }),
      ...(header !== undefined && { header }),
      ...(scale !== undefined && { scale }),
    });
    reportImport(context, result);
  },
});

const namedSeparators: Readonly<Record<string, string>> = {
  tab: "\t",
  "\\t": "\t",
  space: " ",
  comma: ",",
  semicolon: ";",
  pipe: "|",
  colon: ":",
};

/** A separator as typed: itself, or a name for one that is hard to type (`tab`, `\t`, `space`). */
export function parseSeparator(input: string): string {
  const separator = Object.hasOwn(namedSeparators, input) ? namedSeparators[input] : input;
  if (!separator || /["\r\n\0]/.test(separator) || /^[\w.+-]+$/.test(separator)) {
    throw new Error('expected one such as "," ";" "::" "|" tab or space.');
  }
  return separator;
}

/** `MIN..MAX`, negative and decimal numbers included. */
export function parseScale(input: string): Scale {
  const number = String.raw`([+-]?(?:\d+(?:\.\d+)?|\.\d+))`;
  const found = new RegExp(`^${number}\\.\\.${number}$`).exec(input.trim());
  const scale = Scale.safeParse({ min: Number(found?.[1]), max: Number(found?.[2]) });
  if (!found || !scale.success)
    throw new Error("expected MIN..MAX with MIN below MAX, e.g. 0.5..5 or -10..10.");
  return scale.data;
}

/** Roles or column names in order; which ones fit is for the file to say. */
export function parseColumns(input: string): string[] {
  const columns = input.split(",").map((name) => name.trim());
  if (columns.length < 3) throw new Error("expected user,item,rating or user,item,rating,timestamp.");
  return columns;
}
