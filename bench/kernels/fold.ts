import { existsSync, readFileSync } from "node:fs";
import { createRandom } from "@tamis/core";
import type { RatingTriples } from "../../packages/ml/src/kernels/rating-triples.ts";
import { skewedRatings } from "../../packages/ml/src/kernels/skewed-ratings.ts";

/** Two thirds of a data set to learn from, one third to test on; the test rows use the training part's numbers. */
export interface Fold {
  readonly name: string;
  readonly train: RatingTriples;
  readonly test: RatingTriples;
  readonly mean: number;
}

/** The real MovieLens set when it is at hand, a generated one of the same shape and skew when it is not. */
export function movielensFold(name: "ml-100k" | "ml-1m"): Fold {
  const data = process.env.TAMIS_TEST_DATA ?? new URL("../../../shared/data", import.meta.url).pathname;
  const file = `${data}/${name}/${name === "ml-1m" ? "ratings.tsv" : "u.data"}`;
  if (existsSync(file)) return split(name, parse(readFileSync(file, "utf8")));
  const shape =
    name === "ml-1m"
      ? { users: 6040, items: 3706, ratings: 1_000_209 }
      : { users: 943, items: 1682, ratings: 100_000 };
  return split(`generated like ${name}`, skewedRatings({ ...shape, seed: 1 }));
}

function parse(text: string): RatingTriples {
  const rows = text
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t").map(Number));
  const column = (index: number) => rows.map((row) => row[index]!);
  return renumber(column(0), column(1), column(2));
}

function split(name: string, all: RatingTriples): Fold {
  const random = createRandom(1);
  const inTest = Array.from(all.ratings, () => random.integer(3) === 0);
  const rows = inTest.map((_, row) => row);
  const trainRows = rows.filter((row) => !inTest[row]);
  const users = new Map<number, number>();
  const items = new Map<number, number>();
  const pick = (chosen: number[]) =>
    [all.users, all.items, all.ratings].map((column) => chosen.map((row) => column[row]!)) as [
      number[],
      number[],
      number[],
    ];
  const train = renumber(...pick(trainRows), users, items);
  const known = rows.filter((row) => inTest[row] && users.has(all.users[row]!) && items.has(all.items[row]!));
  const test = renumber(...pick(known), users, items);
  const mean = Array.from(train.ratings).reduce((sum, rating) => sum + rating, 0) / train.ratings.length;
  return { name, train, test, mean };
}

/** Dense numbers by first appearance. */
function renumber(
  users: number[],
  items: number[],
  ratings: number[],
  userNumbers = new Map<number, number>(),
  itemNumbers = new Map<number, number>(),
): RatingTriples {
  const dense = (ids: number[], numbers: Map<number, number>) =>
    Int32Array.from(ids, (id) => {
      if (!numbers.has(id)) numbers.set(id, numbers.size);
      return numbers.get(id)!;
    });
  const [u, i] = [dense(users, userNumbers), dense(items, itemNumbers)];
  return {
    users: u,
    items: i,
    ratings: Float64Array.from(ratings),
    userCount: userNumbers.size,
    itemCount: itemNumbers.size,
  };
}
