import { TamisError } from "@tamis/core";
import { type ComparisonOptions, comparePaired, type PairedComparison } from "./compare.ts";
import type { CrossValidation } from "./cross-validate.ts";
import { mergeErrors } from "./error-by-user.ts";

/**
 * Compares the errors of two recommenders that were cross-validated on the same folds: by user, with the mean squared
 * (or absolute) error of a user's test rows as value, since the errors of one user are not independent of each other.
 * Negative: A is better. Users count alike, however many rows they have; in an RMSE rows do.
 *
 * @throws invalid_input when they were not tested on the same rows of the same users
 *
 * @example
 * const [a, b] = [await crossValidate(table, svd()), await crossValidate(table, knnBasic())];
 * compareErrors(a, b).high < 0; // whether SVD errs less, beyond chance
 */
export function compareErrors(
  a: CrossValidation,
  b: CrossValidation,
  metric: "squared" | "absolute" = "squared",
  options: ComparisonOptions = {},
): PairedComparison {
  const place = metric === "squared" ? 0 : 1;
  const pairs = pairErrors(a, b);
  const means = (model: 0 | 1) => pairs.map((pair) => pair[model][place] / pair[model][2]);
  return comparePaired(means(0), means(1), options);
}

type SummedErrors = readonly [squared: number, absolute: number, rows: number];

/**
 * The errors of two models, summed up by user.
 *
 * @throws invalid_input when they were not tested on the same rows of the same users
 */
export function pairErrors(a: CrossValidation, b: CrossValidation): [a: SummedErrors, b: SummedErrors][] {
  const testedOn = ({ folds }: CrossValidation) =>
    JSON.stringify(folds.map(({ users }) => [users.userIds, [...users.rows]]));
  if (testedOn(a) !== testedOn(b)) {
    throw new TamisError(
      "invalid_input",
      `${a.model} and ${b.model} were not tested on the same rows; use the same folds and seed.`,
    );
  }
  const ofB = mergeErrors(b.folds.map(({ users }) => users));
  return [...mergeErrors(a.folds.map(({ users }) => users))].map(([user, errors]) => [
    errors,
    ofB.get(user)!,
  ]);
}
