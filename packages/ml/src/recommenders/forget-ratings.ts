import { type Id, TamisError } from "@tamis/core";
import { groupRows, rowOfEntries, type SparseRows, transpose } from "../sparse-rows.ts";
import type { DenseTrainset } from "../trainset-dense.ts";

/**
 * The training set of a model that keeps its ratings, without those of a user: what is learnt from it is what would
 * have been learnt had the user never rated. Items that nobody else rated are gone as well.
 *
 * The order of the ratings in `ratings` is kept; of the other orientation it is that of the numbers. So is the order
 * of users and items.
 *
 * @param ratings - users × items, or items × users with `byItem`
 * @throws analysis when there are no other ratings
 */
export function forgetRatings(
  { users, items }: { users: readonly Id[]; items: readonly Id[] },
  scale: DenseTrainset["scale"],
  ratings: SparseRows,
  user: number,
  { byItem }: { byItem: boolean },
): DenseTrainset {
  const rows = rowOfEntries(ratings);
  const [userOf, itemOf] = byItem ? [ratings.columns, rows] : [rows, ratings.columns];
  const kept = Int32Array.from(rows.keys()).filter((entry) => userOf[entry] !== user);
  if (kept.length === 0) {
    throw new TamisError(
      "analysis",
      "Without this user there is no rating left to learn from; delete the model.",
    );
  }
  const isRated = new Uint8Array(items.length);
  for (const entry of kept) isRated[itemOf[entry]!] = 1;
  const numberOf = new Int32Array(items.length);
  for (let item = 0, next = 0; item < items.length; item++) numberOf[item] = isRated[item] ? next++ : -1;

  const keptUsers = kept.map((entry) => userOf[entry]! - (userOf[entry]! > user ? 1 : 0));
  const keptItems = kept.map((entry) => numberOf[itemOf[entry]!]!);
  const values = Float64Array.from(kept, (entry) => ratings.values[entry]!);
  const dense = {
    users: users.toSpliced(user, 1),
    items: items.filter((_, item) => isRated[item]),
    scale,
    ratingCount: values.length,
    globalMean: values.reduce((sum, rating) => sum + rating, 0) / values.length,
    ratedAt: () => null,
  };
  if (byItem) {
    const rest = groupRows(dense.items.length, keptItems, keptUsers, values);
    return { ...dense, byItem: rest, byUser: transpose(rest, dense.users.length) };
  }
  const rest = groupRows(dense.users.length, keptUsers, keptItems, values);
  return { ...dense, byUser: rest, byItem: transpose(rest, dense.items.length) };
}
