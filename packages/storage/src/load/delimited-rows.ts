import type { Reject } from "@tamis/core";
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
        if (headerPending) headerPending = false;
        else if (cells.length === options.columnCount) rows.push({ line, cells });
        else {
          const found = cells.length === 1 ? "1 column" : `${cells.length} columns`;
          const detail = `${found} where ${options.columnCount} were expected`;
          const raw = cells.join(options.separator).slice(0, 1000);
          onReject({ source, line, reason: "wrong_column_count", detail, raw });
        }
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
