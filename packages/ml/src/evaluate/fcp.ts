import { TamisError } from "@tamis/core";

/**
 * Fraction of concordant pairs: how often the better rated of two items of the same user is estimated higher.
 *
 *     FCP = Σ_u c_u / Σ_u n_u
 *
 * n_u are the pairs of u's rows with different ratings, c_u those of them whose estimates are in the same order; equal
 * estimates count one half. A constant has 0.5, and so has a random order on average; the perfect order has 1.
 *
 * Surprise 1.1.4 averages the c_u over the users who have one or more and the n_u − c_u over others, and counts equal
 * estimates as wrong: its figures are not comparable.
 *
 * @param users - of each row, by number or id
 * @throws invalid_input when the lengths differ; analysis when no user rated two rows differently
 * @source Koren, Sill, "Collaborative Filtering on Ordinal User Feedback", IJCAI 2013, equation (10)
 */
export function fcp(
  estimates: ArrayLike<number>,
  ratings: ArrayLike<number>,
  users: ArrayLike<number | string>,
): number {
  const { concordant, comparable } = countPairs(estimates, ratings, users);
  if (comparable > 0) return concordant / comparable;
  throw new TamisError("analysis", "No user rated two rows differently, so no pair can be compared.");
}

/** Σ c_u and Σ n_u of {@link fcp}. @throws invalid_input when the lengths differ */
export function countPairs(
  estimates: ArrayLike<number>,
  ratings: ArrayLike<number>,
  users: ArrayLike<number | string>,
): { concordant: number; comparable: number } {
  if (estimates.length !== ratings.length || users.length !== ratings.length) {
    throw new TamisError(
      "invalid_input",
      `${estimates.length} estimates and ${users.length} users cannot be compared with ${ratings.length} ratings; give one for each.`,
    );
  }
  let concordant = 0;
  let comparable = 0;
  for (const rows of rowsOfUsers(users)) {
    for (let n = 1; n < rows.length; n++) {
      for (let m = 0; m < n; m++) {
        const better = Math.sign(ratings[rows[n]!]! - ratings[rows[m]!]!);
        if (better === 0) continue;
        const higher = Math.sign(estimates[rows[n]!]! - estimates[rows[m]!]!);
        comparable++;
        concordant += (1 + better * higher) / 2;
      }
    }
  }
  return { concordant, comparable };
}

function rowsOfUsers(users: ArrayLike<number | string>): Iterable<number[]> {
  const rows = new Map<number | string, number[]>();
  for (let row = 0; row < users.length; row++) {
    const own = rows.get(users[row]!);
    if (own) own.push(row);
    else rows.set(users[row]!, [row]);
  }
  return rows.values();
}
