import { createRandom, type Id } from "@tamis/core";

/** Errors of a fold, by user: what intervals and comparisons are made of, since the errors of one user belong together. */
export interface UserErrors {
  readonly userIds: readonly Id[];
  /** Σ (r̂ − r)² over each user's test rows, aligned with `userIds`. */
  readonly squared: Float64Array;
  /** Σ |r̂ − r|. */
  readonly absolute: Float64Array;
  /** How many test rows each has. */
  readonly rows: Float64Array;
}

export interface ErrorIntervals {
  readonly rmse: { readonly low: number; readonly high: number };
  readonly mae: { readonly low: number; readonly high: number };
}

/** Sums errors up by user. @param users - of each row, as numbered in `ids` */
export function userErrors(
  estimates: Float64Array,
  ratings: Float64Array,
  users: Int32Array,
  ids: readonly Id[],
): UserErrors {
  const [squared, absolute, rows] = [
    new Float64Array(ids.length),
    new Float64Array(ids.length),
    new Float64Array(ids.length),
  ];
  for (const [row, user] of users.entries()) {
    const error = estimates[row]! - ratings[row]!;
    squared[user]! += error * error;
    absolute[user]! += Math.abs(error);
    rows[user]!++;
  }
  const tested = Int32Array.from(ids, (_, user) => user).filter((user) => rows[user]! > 0);
  const pick = (of: Float64Array) => Float64Array.from(tested, (user) => of[user]!);
  return {
    userIds: Array.from(tested, (user) => ids[user]!),
    squared: pick(squared),
    absolute: pick(absolute),
    rows: pick(rows),
  };
}

/** The folds' errors put together, by user. */
export function mergeErrors(
  folds: readonly UserErrors[],
): Map<Id, [squared: number, absolute: number, rows: number]> {
  const all = new Map<Id, [number, number, number]>();
  for (const { userIds, squared, absolute, rows } of folds) {
    for (const [n, userId] of userIds.entries()) {
      const before = all.get(userId) ?? [0, 0, 0];
      all.set(userId, [before[0] + squared[n]!, before[1] + absolute[n]!, before[2] + rows[n]!]);
    }
  }
  return all;
}

const resamples = 1000;

/**
 * 95 % percentile bootstrap intervals of RMSE and MAE over all test rows: users are drawn with replacement, each with all
 * their rows.
 *
 * @source Efron, Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13
 */
export function errorIntervals(folds: readonly UserErrors[], seed: number): ErrorIntervals {
  const users = [...mergeErrors(folds).values()];
  const random = createRandom(seed);
  const [rmses, maes] = [new Float64Array(resamples), new Float64Array(resamples)];
  for (let sample = 0; sample < resamples; sample++) {
    let [squared, absolute, rows] = [0, 0, 0];
    for (let drawn = 0; drawn < users.length; drawn++) {
      const user = users[random.integer(users.length)]!;
      squared += user[0];
      absolute += user[1];
      rows += user[2];
    }
    rmses[sample] = Math.sqrt(squared / rows);
    maes[sample] = absolute / rows;
  }
  const ends = (values: Float64Array) => {
    const sorted = values.sort();
    const last = resamples - 1;
    return { low: sorted[Math.floor(0.025 * last)]!, high: sorted[Math.ceil(0.975 * last)]! };
  };
  return { rmse: ends(rmses), mae: ends(maes) };
}
