import type { Reject, RejectReason, Scale } from "@tamis/core";
import {
  type IdBatch,
  type RatingBatch,
  type RatingHandlers,
  ratingBatchCapacity,
} from "../load/rating-batch.ts";
import type { Duckdb } from "../warehouse/open-duckdb.ts";
import { type AppendedColumn, type TableAppender, tableAppender } from "../warehouse/table-appender.ts";
import { type IdKind, type IdKinds, idType, widest } from "./id-kinds.ts";
import { pairWatch, type StageCounts } from "./pair-watch.ts";

/** Thrown when an id does not fit its column: the stage is to be made again, for `kindsMet`. */
export const widerIdMet = Symbol("an id wider than its column");

/** How many ratings there are, and between what. */
export interface RatingSurvey extends Scale {
  readonly rows: number;
}

/** The way into a stage: see `RatingStage`. */
export interface StageAppenders {
  readonly handlers: RatingHandlers;
  kindsMet(): IdKinds;
  /** The rows that came, the lowest and the highest rating. */
  survey(): RatingSurvey;
  /** What is in the table `rows`, when no pair of user and item came twice for certain. */
  counts(): StageCounts | undefined;
  flush(): Promise<void>;
  /** Gives up what was not flushed. */
  abandon(): void;
}

/** Rejects and runs of lines are appended by so many. */
const waitingRows = 2048;

/** Opens the appenders of the tables `rows`, behind its first `formerRows`, `line_runs` and `rejects`. */
export async function openStageAppenders(
  duckdb: Duckdb,
  kinds: IdKinds,
  formerRows: number,
): Promise<StageAppenders> {
  let appenders = await openAppenders(duckdb, kinds);
  let kindsMet = kinds;
  let seen: RatingSurvey = { rows: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
  const watch = pairWatch();
  const runs = lineRuns(formerRows, (rows, lines) => appenders.runs.append([rows, lines], rows.length));
  let rejects: Reject[] = [];
  const integers = {
    users: new Int32Array(ratingBatchCapacity),
    items: new Int32Array(ratingBatchCapacity),
  };

  function writeRejects(): void {
    appendRejects(appenders.rejects, rejects);
    rejects = [];
  }

  return {
    handlers: {
      onBatch(batch) {
        const users = idColumn(batch.users, batch.length, integers.users);
        const items = idColumn(batch.items, batch.length, integers.items);
        kindsMet = widest(kindsMet, { user: users.kind, item: items.kind });
        if (kindsMet.user !== kinds.user || kindsMet.item !== kinds.item) throw widerIdMet;
        const [user, item] = [fitted(users, kinds.user), fitted(items, kinds.item)];
        watch.add(user, item, batch.length);
        runs.add(batch);
        seen = surveyed(seen, batch);
        appenders.rows.append([user, item, batch.ratings, batch.ratedAt], batch.length);
      },
      onReject(reject) {
        rejects.push(reject);
        if (rejects.length === waitingRows) writeRejects();
      },
    },
    kindsMet: () => kindsMet,
    survey: () => seen,
    counts: () => (formerRows > 0 ? undefined : watch.counts()),
    async flush() {
      runs.flush();
      writeRejects();
      for (const appender of Object.values(appenders)) appender.close();
      appenders = await openAppenders(duckdb, kinds);
    },
    abandon() {
      for (const appender of Object.values(appenders)) {
        try {
          appender.close();
        } catch {
          // What it held goes with the stage.
        }
      }
    },
  };
}

async function openAppenders(duckdb: Duckdb, { user, item }: IdKinds) {
  return {
    rows: await tableAppender(duckdb, "rows", [idType(user), idType(item), "DOUBLE", "DOUBLE"]),
    runs: await tableAppender(duckdb, "line_runs", ["DOUBLE", "INTEGER"]),
    rejects: await tableAppender(duckdb, "rejects", ["VARCHAR", "INTEGER", "VARCHAR", "VARCHAR", "VARCHAR"]),
  };
}

function surveyed({ rows, min, max }: RatingSurvey, { ratings, length }: RatingBatch): RatingSurvey {
  let [lowest, highest] = [min, max];
  for (let row = 0; row < length; row++) {
    const rating = ratings[row]!;
    if (rating < lowest) lowest = rating;
    if (rating > highest) highest = rating;
  }
  return { rows: rows + length, min: lowest, max: highest };
}

/** Ids of a batch in the narrowest column that holds them; integers go into `integers`. */
function idColumn(
  { numbers, texts }: IdBatch,
  length: number,
  integers: Int32Array,
): { kind: IdKind; ids: AppendedColumn } {
  if (texts !== null) {
    return { kind: "text", ids: Array.from({ length }, (_, row) => texts[row] ?? String(numbers[row])) };
  }
  for (let row = 0; row < length; row++) {
    const id = numbers[row]!;
    integers[row] = id;
    if (integers[row] !== id) return { kind: "number", ids: numbers.subarray(0, length) };
  }
  return { kind: "integer", ids: integers };
}

function fitted({ ids }: { readonly ids: AppendedColumn }, kind: IdKind): AppendedColumn {
  if (kind === "integer") return ids;
  if (kind === "text") return Array.isArray(ids) ? ids : Array.from(ids, String);
  return new Float64Array(ids as Int32Array | Float64Array);
}

/** Notes where the lines of rows do not follow each other. */
function lineRuns(firstRow: number, write: (rows: Float64Array, lines: Int32Array) => void) {
  const [rows, lines] = [new Float64Array(waitingRows), new Int32Array(waitingRows)];
  let waiting = 0;
  let row = firstRow;
  let expected = -1;
  const flush = () => {
    write(rows.subarray(0, waiting), lines.subarray(0, waiting));
    waiting = 0;
  };
  return {
    add(batch: RatingBatch) {
      for (let index = 0; index < batch.length; index++, row++, expected++) {
        const line = batch.lines[index]!;
        if (line === expected) continue;
        expected = line;
        rows[waiting] = row;
        lines[waiting++] = line;
        if (waiting === waitingRows) flush();
      }
    },
    flush,
  };
}

function appendRejects(appender: TableAppender, rejects: readonly Reject[]): void {
  const sources = rejects.map(({ source }) => source);
  const lines = Int32Array.from(rejects, ({ line }) => line);
  const reasons: RejectReason[] = rejects.map(({ reason }) => reason);
  const details = rejects.map(({ detail }) => detail);
  // DuckDB keeps no NUL in a text.
  const raws = rejects.map(({ raw }) => raw.replaceAll("\0", "\u2400"));
  appender.append([sources, lines, reasons, details, raws], rejects.length);
}
