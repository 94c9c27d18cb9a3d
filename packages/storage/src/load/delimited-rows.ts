import { checkId, maxRawLength, type Reject } from "@tamis/core";
import { type DelimitedOptions, delimitedReader } from "./delimited.ts";
import { fieldText } from "./delimited-batch.ts";
import type { FileSource } from "./ratings-file.ts";
import { unpack } from "./unpack.ts";

/** A record as texts, with the line it starts on. */
export interface DelimitedRow {
  readonly line: number;
  readonly cells: readonly string[];
}

export interface RowOptions extends DelimitedOptions {
  /** Columns every record must have; another number is a reject. */
  readonly columnCount: number;
  /** What the ids of some columns identify; a record with another text there is a reject. */
  readonly ids?: Readonly<Record<number, "user" | "item" | "tag">>;
  /** The first record names the columns and is passed over. */
  readonly header: boolean;
}

/** Reads the records of a delimited file as texts: for films, users and tags, where speed is no concern. */
export async function* delimitedRows(
  file: FileSource,
  options: RowOptions,
  onReject: (reject: Reject) => void,
): AsyncGenerator<DelimitedRow> {
  const source = file.name;
  let rows: DelimitedRow[] = [];
  let headerPending = options.header;
  const reader = delimitedReader(options, {
    onBatch(batch) {
      for (let row = 0; row < batch.rows; row++) {
        const [first, end] = [batch.firstField[row]!, batch.firstField[row + 1]!];
        const line = batch.lines[row]!;
        const cells = Array.from({ length: end - first }, (_, field) => fieldText(batch, first + field));
        if (headerPending) {
          headerPending = false;
          continue;
        }
        const problem = problemOf(cells, options);
        const raw = () => cells.join(options.separator).slice(0, maxRawLength);
        if (problem === undefined) rows.push({ line, cells });
        else onReject({ source, line, ...problem, raw: raw() });
      }
    },
    onProblem: (problem) => onReject({ source, ...problem }),
  });
  for await (const chunk of unpack(file.open(), source)) {
    reader.push(chunk);
    yield* rows;
    rows = [];
  }
  reader.end();
  yield* rows;
}

function problemOf(
  cells: readonly string[],
  { columnCount, ids = {} }: RowOptions,
): Pick<Reject, "reason" | "detail"> | undefined {
  if (cells.length !== columnCount) {
    const found = cells.length === 1 ? "1 column" : `${cells.length} columns`;
    return { reason: "wrong_column_count", detail: `${found} where ${columnCount} were expected` };
  }
  for (const [column, role] of Object.entries(ids)) {
    const text = cells[Number(column)]!;
    if (role === "tag") {
      if (/^\d{1,15}$/.test(text.trim())) continue;
      return { reason: "invalid_id", detail: `the genome tag ${JSON.stringify(text)} is no whole number` };
    }
    const checked = checkId(text, role);
    if ("reason" in checked) return checked;
  }
  return undefined;
}
