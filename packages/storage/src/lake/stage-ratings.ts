import { throwIfAborted, type WarehouseChunk } from "@tamis/core";
import { fileSystemError } from "../objects/file-system-error.ts";
import {
  createDatabaseFile,
  type DatabaseFile,
  setVarint,
  textType,
  varintLength,
} from "../sql/database-file.ts";
import type { Totals } from "../sql/rating-totals.ts";
import type { StagedRatings } from "../sql/replace-ratings.ts";
import { dictionary } from "./dictionary.ts";

export interface GroupedRatings {
  /** Columns of user, item, rating and time (`NaN` for none); the rows of a user follow each other. */
  readonly chunks: AsyncIterable<WarehouseChunk>;
  /** Every item that is rated, as `chunks` have it. */
  readonly items: readonly (number | string)[];
}

/**
 * Writes ratings into a new SQLite file, from where SQLite takes them by itself in the order of the primary key:
 * see `StagedRatings`. That is twice as fast as handing it every value. Memory is for users and items, not for rows.
 *
 * @throws aborted, no_space
 */
export async function stageRatings(
  path: string,
  { chunks, items }: GroupedRatings,
  signal?: AbortSignal,
): Promise<StagedRatings> {
  const file = createDatabaseFile(path);
  try {
    const ratings = ratingsTable(file, items);
    for await (const { rows, columns } of chunks) {
      throwIfAborted(signal);
      const users = columns[0] as Ids;
      for (let start = 0, end = 0; start < rows; start = end) {
        const user = users[start]!;
        while (end < rows && users[end] === user) end++;
        ratings.add(user, columns, start, end);
      }
    }
    const totals = ratings.end();
    const runs = writeRuns(file, totals.users);
    file.finish();
    return { path, runs, totals };
  } catch (error) {
    throw fileSystemError(error, path);
  } finally {
    file.close();
  }
}

type Ids = Int32Array | Float64Array | readonly string[];

/** Writes the table of ratings, the items of each user in the order of their texts, and counts the totals. */
function ratingsTable(file: DatabaseFile, itemIds: GroupedRatings["items"]) {
  const items = itemTexts(itemIds);
  const { code } = items;
  const totals: Totals = { users: new Map(), items: new Map() };
  for (const text of items.texts) totals.items.set(text, { ratings: 0, sum: 0 });
  const itemTotals = [...totals.items.values()];
  const write = recordWriter(file, items);
  let user: number | string | undefined;
  let rows = 0; // of this user, waiting in these
  let codes = new Int32Array(1024);
  let [values, times, keys] = [new Float64Array(1024), new Float64Array(1024), new Float64Array(1024)];
  file.beginTable("ratings", "create table ratings (item_id, rating, rated_at)");

  function makeRoom(wanted: number): void {
    const length = 2 ** Math.ceil(Math.log2(wanted));
    codes = grown(codes, new Int32Array(length));
    values = grown(values, new Float64Array(length));
    times = grown(times, new Float64Array(length));
    keys = new Float64Array(length);
  }

  function endUser(): void {
    let sum = 0;
    // A code and a place make one number, so that sorting calls no function to compare.
    for (let row = 0; row < rows; row++) keys[row] = codes[row]! * rows + row;
    keys.subarray(0, rows).sort();
    for (let place = 0; place < rows; place++) {
      const key = keys[place]!;
      const code = Math.floor(key / rows);
      const row = key - code * rows;
      const value = values[row]!;
      write(code, value, times[row]!);
      const item = itemTotals[code]!;
      item.ratings++;
      item.sum += value;
      sum += value;
    }
    if (user !== undefined) totals.users.set(String(user), { ratings: rows, sum });
    rows = 0;
  }

  return {
    /** Takes the rows [start, end) of some columns, which are all of one user. */
    add(ofUser: number | string, columns: WarehouseChunk["columns"], start: number, end: number): void {
      if (ofUser !== user) {
        endUser();
        user = ofUser;
      }
      const [, items, ratings, ratedAt] = columns as [Ids, Ids, Float64Array, Float64Array];
      if (rows + end - start > codes.length) makeRoom(rows + end - start);
      for (let row = start, at = rows; row < end; row++) codes[at++] = code(items[row]!);
      values.set(ratings.subarray(start, end), rows);
      times.set(ratedAt.subarray(start, end), rows);
      rows += end - start;
    },
    /** The totals; of the users in the order of their rows. */
    end(): Totals {
      endUser();
      return totals;
    },
  };
}

/** Items numbered in the order of their texts, and these as UTF-8: that of code c is `bytes[starts[c]..starts[c + 1])`. */
function itemTexts(ids: GroupedRatings["items"]) {
  // By UTF-16 unit. SQLite compares UTF-8: where they differ a row only takes longer to find its place.
  const texts = ids.map(String).sort();
  const { code } = dictionary(ids.length);
  const isText = typeof ids[0] === "string";
  for (const text of texts) code(isText ? text : Number(text));
  const starts = new Int32Array(texts.length + 1);
  for (const [index, text] of texts.entries()) starts[index + 1] = starts[index]! + Buffer.byteLength(text);
  return { code, texts, starts, bytes: Buffer.from(texts.join("")) };
}

const nullType = 0;
const integerType = 6; // of eight bytes
const doubleType = 7;

/** Writes records of a text, a double, and a double or NULL. */
function recordWriter(
  { addRow, view }: DatabaseFile,
  { starts, bytes }: ReturnType<typeof itemTexts>,
): (item: number, rating: number, ratedAt: number) => void {
  return (item, rating, ratedAt) => {
    const [start, end] = [starts[item]!, starts[item + 1]!];
    const timed = !Number.isNaN(ratedAt);
    const itemType = textType(end - start);
    const header = 3 + varintLength(itemType);
    let at = addRow(header + (end - start) + (timed ? 16 : 8));
    view.setUint8(at, header);
    at = setVarint(view, at + 1, itemType);
    view.setUint8(at++, doubleType);
    view.setUint8(at++, timed ? doubleType : nullType);
    for (let byte = start; byte < end; byte++) view.setUint8(at++, bytes[byte]!);
    view.setFloat64(at, rating);
    if (timed) view.setFloat64(at + 8, ratedAt);
  };
}

/** Rows of a run: what is loaded at once, in some 5 ms. */
const mostRows = 16_384;

/**
 * Writes the table of runs: which rows are whose, in the order of the users.
 *
 * @returns runs to load one after the other, each as `[first run, last run, rows]`.
 */
function writeRuns(
  { beginTable, addRow, view }: DatabaseFile,
  users: Totals["users"],
): StagedRatings["runs"] {
  beginTable("runs", "create table runs (user_id, first, last)");
  const firstRows = new Map<string, number>();
  let next = 1;
  for (const [user, { ratings }] of users) {
    firstRows.set(user, next);
    next += ratings;
  }
  const turns: [first: number, last: number, rows: number][] = [];
  let run = 0;
  for (const user of [...users.keys()].sort()) {
    const text = Buffer.from(user);
    const end = firstRows.get(user)! + users.get(user)!.ratings;
    for (let first = firstRows.get(user)!; first < end; first += mostRows) {
      const last = Math.min(first + mostRows, end) - 1;
      const header = 3 + varintLength(textType(text.length));
      let at = addRow(header + text.length + 16);
      view.setUint8(at, header);
      at = setVarint(view, at + 1, textType(text.length));
      view.setUint8(at++, integerType);
      view.setUint8(at++, integerType);
      for (const byte of text) view.setUint8(at++, byte);
      view.setBigInt64(at, BigInt(first));
      view.setBigInt64(at + 8, BigInt(last));
      run++;
      const turn = turns.at(-1);
      if (turn && turn[2] + last - first < mostRows) [turn[1], turn[2]] = [run, turn[2] + last - first + 1];
      else turns.push([run, run, last - first + 1]);
    }
  }
  return turns;
}

function grown<T extends Int32Array | Float64Array>(former: T, larger: T): T {
  larger.set(former);
  return larger;
}
