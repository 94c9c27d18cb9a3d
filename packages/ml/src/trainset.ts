import { canonicalId, type Id, type Rating, type RatingTable, ratingTable, type Scale } from "@tamis/core";
import type { SparseRows } from "./sparse-rows.ts";
import { type DenseTrainset, denseTrainset } from "./trainset-dense.ts";

/**
 * The ratings a model learns from, by user and by item: ids in, ids out.
 *
 * Users, items and ratings come in order of first appearance: users in the order of their first rating, and
 * inside a user the ratings in the order of the table. A pair that is there twice counts twice.
 */
export interface Trainset {
  readonly userCount: number;
  readonly itemCount: number;
  readonly ratingCount: number;
  /** The values a rating may take. */
  readonly scale: Scale;
  /** μ: the mean of all ratings. */
  readonly globalMean: number;
  userIds(): Iterable<Id>;
  itemIds(): Iterable<Id>;
  /** Every rating, user by user. */
  ratings(): Iterable<TrainsetRating>;
  /** The ratings a user gave; none for an unknown user. */
  ratingsOf(userId: Id): Iterable<TrainsetRating>;
  /** The ratings an item received; none for an unknown item. */
  ratingsFor(itemId: Id): Iterable<TrainsetRating>;
}

export type TrainsetRating = Pick<Rating, "userId" | "itemId" | "rating">;

/**
 * Makes a trainset of a table.
 *
 * @param rows - which rows of the table, and in which order. Default: all, in the table's order.
 * @throws analysis when there is no row: nothing can be learnt from nothing
 *
 * @example
 * const table = ratingTable([{ userId: 1, itemId: "a", rating: 4, ratedAt: null }], { min: 1, max: 5 });
 * createTrainset(table).globalMean; // 4
 */
export function createTrainset(table: RatingTable, rows?: Int32Array): Trainset {
  const dense = denseTrainset(table, rows);
  const { users, items } = dense;
  let userNumbers: Map<Id, number> | undefined;
  let itemNumbers: Map<Id, number> | undefined;

  function* ofUser(user: number): Iterable<TrainsetRating> {
    for (const [item, rating] of entries(dense.byUser, user)) {
      yield { userId: users[user]!, itemId: items[item]!, rating };
    }
  }

  const trainset: Trainset = {
    userCount: users.length,
    itemCount: items.length,
    ratingCount: dense.ratingCount,
    scale: dense.scale,
    globalMean: dense.globalMean,
    userIds: () => users.values(),
    itemIds: () => items.values(),
    *ratings() {
      for (let user = 0; user < users.length; user++) yield* ofUser(user);
    },
    *ratingsOf(userId) {
      userNumbers ??= numbersOf(users);
      const user = userNumbers.get(canonicalId(userId));
      if (user !== undefined) yield* ofUser(user);
    },
    *ratingsFor(itemId) {
      itemNumbers ??= numbersOf(items);
      const item = itemNumbers.get(canonicalId(itemId));
      if (item === undefined) return;
      for (const [user, rating] of entries(dense.byItem, item)) {
        yield { userId: users[user]!, itemId: items[item]!, rating };
      }
    },
  };
  denseTrainsets.set(trainset, dense);
  return trainset;
}

/** The number of each id: its place in the list. */
export function numbersOf(ids: readonly Id[]): Map<Id, number> {
  return new Map(ids.map((id, number) => [id, number]));
}

const denseTrainsets = new WeakMap<Trainset, DenseTrainset>();

/** The arrays of a trainset, for the algorithms of this package; copied once when somebody else made it. */
export function denseOf(trainset: Trainset): DenseTrainset {
  let dense = denseTrainsets.get(trainset);
  if (dense === undefined) {
    const rows: Rating[] = [];
    for (const rating of trainset.ratings()) rows.push({ ...rating, ratedAt: null });
    dense = denseTrainset(ratingTable(rows, trainset.scale));
    denseTrainsets.set(trainset, dense);
  }
  return dense;
}

function* entries(matrix: SparseRows, row: number): Iterable<[column: number, value: number]> {
  for (let p = matrix.starts[row]!; p < matrix.starts[row + 1]!; p++) {
    yield [matrix.columns[p]!, matrix.values[p]!];
  }
}
