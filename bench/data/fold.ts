import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createRandom, type RatingTable } from "@tamis/core";
import type { RatingTriples } from "../../packages/ml/src/kernels/rating-triples.ts";
import { skewedRatings } from "../../packages/ml/src/kernels/skewed-ratings.ts";

const dataFolder =
  process.env.TAMIS_TEST_DATA ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));

const sets = {
  "ml-100k": { file: "ml-100k/u.data", users: 943, items: 1682, ratings: 100_000 },
  "ml-1m": { file: "ml-1m/ratings.tsv", users: 6040, items: 3706, ratings: 1_000_209 },
};
export type DataName = keyof typeof sets;

/** Rows of a table to learn from (two thirds) and rows to test on; of the latter, user and item are known. */
export interface Fold {
  readonly table: RatingTable;
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** Whether the real MovieLens set is at hand, in the folder that `TAMIS_TEST_DATA` names. */
export function hasData(name: DataName): boolean {
  return existsSync(`${dataFolder}/${sets[name].file}`);
}

/** What the rows of a data set are called: the truth, when they had to be generated. */
export function dataLabel(name: DataName): string {
  return hasData(name) ? name : `generated like ${name}`;
}

/** The ratings of a MovieLens set in file order, or generated ones of the same size and skew when it is not at hand. */
function ratingsOf(name: DataName): RatingTable {
  const { file, ...shape } = sets[name];
  if (hasData(name)) return parse(readFileSync(`${dataFolder}/${file}`), shape.ratings);
  const { users, items, ratings } = skewedRatings({ ...shape, seed: 1 });
  return tableOf(users, items, Float64Array.from(ratings));
}

/** Fold 0, 1 or 2 of a data set: every row draws which one it is tested in. */
export function foldOf(name: DataName, fold = 0): Fold {
  const table = ratingsOf(name);
  const random = createRandom(1);
  const foldOfRow = Uint8Array.from({ length: table.length }, () => random.integer(3));
  const rows = Int32Array.from({ length: table.length }, (_, row) => row);
  const train = rows.filter((row) => foldOfRow[row] !== fold);
  const isLearnt = (codes: Int32Array, count: number) => {
    const learnt = new Uint8Array(count);
    for (const row of train) learnt[codes[row]!] = 1;
    return (row: number) => learnt[codes[row]!] === 1;
  };
  const knowsUser = isLearnt(table.users.codes, table.users.ids.length);
  const knowsItem = isLearnt(table.items.codes, table.items.ids.length);
  const isKnown = (row: number) => knowsUser(row) && knowsItem(row);
  return { table, train, test: rows.filter((row) => foldOfRow[row] === fold && isKnown(row)) };
}

/** The parts of a fold as columns of dense numbers, in the order in which users and items first come up in training. */
export function triplesOf({ table, train, test }: Fold): { train: RatingTriples; test: RatingTriples } {
  const dense = (codes: Int32Array, count: number) => {
    const numbers = new Int32Array(count).fill(-1);
    let next = 0;
    for (const row of train) if (numbers[codes[row]!]! < 0) numbers[codes[row]!] = next++;
    return { numbers, count: next };
  };
  const users = dense(table.users.codes, table.users.ids.length);
  const items = dense(table.items.codes, table.items.ids.length);
  const columns = (rows: Int32Array): RatingTriples => ({
    users: rows.map((row) => users.numbers[table.users.codes[row]!]!),
    items: rows.map((row) => items.numbers[table.items.codes[row]!]!),
    ratings: Float64Array.from(rows, (row) => table.ratings[row]!),
    userCount: users.count,
    itemCount: items.count,
  });
  return { train: columns(train), test: columns(test) };
}

/** Reads `user TAB item TAB rating…` lines byte by byte: a tenth of the time and memory of splitting texts. */
function parse(bytes: Buffer, rows: number): RatingTable {
  const columns = [new Int32Array(rows), new Int32Array(rows), new Float64Array(rows)];
  let [row, column, value] = [0, 0, 0];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte >= 48 && byte <= 57) value = value * 10 + byte - 48;
    else if (byte === 9 || byte === 10) {
      if (column < 3) columns[column]![row] = value;
      value = 0;
      column = byte === 9 ? column + 1 : 0;
      if (byte === 10) row++;
    }
  }
  return tableOf(columns[0] as Int32Array, columns[1] as Int32Array, columns[2] as Float64Array);
}

/** Columns of whole ids as a table on the scale 1..5. */
export function tableOf(users: Int32Array, items: Int32Array, ratings: Float64Array): RatingTable {
  const column = (ids: Int32Array) => {
    const codeOf = new Int32Array(ids.reduce((a, b) => Math.max(a, b)) + 1).fill(-1);
    const seen: number[] = [];
    const codes = ids.map((id) => {
      if (codeOf[id]! < 0) codeOf[id] = seen.push(id) - 1;
      return codeOf[id]!;
    });
    return { ids: seen, codes };
  };
  return {
    length: ratings.length,
    users: column(users),
    items: column(items),
    ratings,
    ratedAt: null,
    scale: { min: 1, max: 5 },
  };
}
