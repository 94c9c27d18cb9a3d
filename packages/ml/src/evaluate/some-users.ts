import { createRandom, type RatingTable } from "@tamis/core";
import type { Fold } from "./split.ts";

/** The folds with the test rows of some users only, drawn by the seed: lists are judged by them, at less cost. */
export function* foldsOfSomeUsers(
  { users }: RatingTable,
  folds: Iterable<Fold>,
  count: number,
  seed: number,
): Generator<Fold> {
  const order = createRandom(seed)
    .fork("list users")
    .shuffle(Int32Array.from(users.ids, (_, user) => user));
  const isDrawn = new Uint8Array(order.length);
  for (const user of order.subarray(0, count)) isDrawn[user] = 1;
  for (const fold of folds) {
    yield { ...fold, test: fold.test.filter((row) => isDrawn[users.codes[row]!] === 1) };
  }
}
