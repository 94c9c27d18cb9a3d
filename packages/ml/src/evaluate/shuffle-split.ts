import { createRandom, TamisError } from "@tamis/core";
import { type Fold, kFold } from "./split.ts";

/**
 * Holds a share of the rows out at random, as often as asked: independent draws, so that a row may be tested more than
 * once, or never.
 *
 * @param options - `testShare` of all rows, 0.2 by default, rounded to whole rows. `repeats`, 1 by default. `seed`.
 * @throws invalid_input when nothing would be left to train on or to test, or for no repeats
 */
export function shuffleSplit(
  length: number,
  { testShare = 0.2, repeats = 1, seed = 42 }: { testShare?: number; repeats?: number; seed?: number } = {},
): Iterable<Fold> {
  const tested = Math.round(length * testShare);
  if (!(tested >= 1 && tested < length)) {
    throw new TamisError(
      "invalid_input",
      `A share of ${testShare} of ${length} rows leaves nothing to train on or nothing to test.`,
    );
  }
  checkRepeats(repeats);
  return draw(length, tested, repeats, seed);
}

/**
 * {@link kFold}, again and again with another shuffle each time: the folds of one repeat test every row once.
 *
 * @param options - `folds` and `seed` as in {@link kFold}; `repeats`: how many times
 * @throws invalid_input as {@link kFold}, or for no repeats
 */
export function repeatedKFold(
  length: number,
  { folds, repeats, seed = 42 }: { folds: number; repeats: number; seed?: number },
): Iterable<Fold> {
  checkRepeats(repeats);
  const random = createRandom(seed);
  return Array.from({ length: repeats }, () => kFold(length, { folds, seed: random.uint32() })).flatMap(
    (repeat) => [...repeat],
  );
}

function* draw(length: number, tested: number, repeats: number, seed: number): Generator<Fold> {
  const random = createRandom(seed);
  for (let repeat = 0; repeat < repeats; repeat++) {
    const rows = random.shuffle(Int32Array.from({ length }, (_, row) => row));
    yield { train: rows.slice(tested), test: rows.slice(0, tested) };
  }
}

function checkRepeats(repeats: number): void {
  if (Number.isInteger(repeats) && repeats >= 1) return;
  throw new TamisError(
    "invalid_input",
    `${repeats} repeats are not possible; give a whole number of 1 or more.`,
  );
}
