import { createRandom, TamisError } from "@tamis/core";

/** Positions of the rows to learn from and of the rows to predict. */
export interface Fold {
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** Rows of users held out of training, which a model is shown before it is tested on them: see `strongGeneralisation`. */
  readonly history?: Int32Array;
}

/**
 * Cuts `length` rows into folds at random: each row is tested once and learnt from in all other folds. The same
 * length, folds and seed give the same folds.
 *
 * @param options - `folds`: how many, from 2 to `length`. `seed` of the shuffle.
 * @throws invalid_input when there are fewer than 2 folds, or more than rows
 */
export function kFold(length: number, options: { folds: number; seed?: number }): Iterable<Fold> {
  const positions = Int32Array.from({ length }, (_, position) => position);
  return foldsFromPermutation(createRandom(options.seed ?? 42).shuffle(positions), options.folds);
}

/**
 * The folds of a given shuffle: contiguous blocks of it, the first `length mod folds` one row longer. A training
 * part keeps the shuffled order of the blocks before and after its test block.
 *
 * @throws invalid_input when there are fewer than 2 folds, or more than rows
 */
export function foldsFromPermutation(permutation: Int32Array, folds: number): Iterable<Fold> {
  if (!Number.isInteger(folds) || folds < 2 || folds > permutation.length) {
    throw new TamisError(
      "invalid_input",
      `${permutation.length} rows cannot be cut into ${folds} folds; a whole number from 2 to the number of rows is needed.`,
    );
  }
  return cut(permutation, folds);
}

function* cut(permutation: Int32Array, folds: number): Generator<Fold> {
  const { length } = permutation;
  let start = 0;
  for (let fold = 0; fold < folds; fold++) {
    const end = start + Math.floor(length / folds) + (fold < length % folds ? 1 : 0);
    const train = new Int32Array(length - (end - start));
    train.set(permutation.subarray(0, start));
    train.set(permutation.subarray(end), start);
    yield { train, test: permutation.slice(start, end) };
    start = end;
  }
}
