import type { RatingTable } from "@tamis/core";
import type { Fold } from "./split.ts";

/** A model of this fold learns from ratings that came after ones it is tested on. */
export interface FutureLeak {
  readonly code: "future_in_training";
  /** Of the test ratings with a time: how many are older than the newest training rating of anybody. */
  readonly olderThanTraining: number;
  /** … and how many are older than a training rating of the same user. */
  readonly olderThanOwnTraining: number;
  /** Test ratings with a time. */
  readonly tested: number;
  /** For a person. */
  readonly message: string;
}

/**
 * Says how much of the future a fold gives away: `undefined` when no test rating with a time is older than a training
 * rating. A random split always does; figures from it are too good for a system that will predict what comes next.
 *
 * @source Meng, McCreadie, Macdonald, Ounis, "Exploring Data Splitting Strategies for the Evaluation of
 * Recommendation Models", RecSys 2020
 */
export function futureLeak(table: RatingTable, { train, history, test }: Fold): FutureLeak | undefined {
  const { ratedAt, users } = table;
  if (ratedAt === null) return undefined;
  let newest = Number.NEGATIVE_INFINITY;
  const newestOf = new Float64Array(users.ids.length).fill(Number.NEGATIVE_INFINITY);
  for (const rows of [train, history ?? new Int32Array(0)]) {
    for (const row of rows) {
      const time = ratedAt[row]!;
      if (Number.isNaN(time)) continue;
      newest = Math.max(newest, time);
      const user = users.codes[row]!;
      newestOf[user] = Math.max(newestOf[user]!, time);
    }
  }
  const timed = test.filter((row) => !Number.isNaN(ratedAt[row]!));
  const olderThanTraining = timed.filter((row) => ratedAt[row]! < newest).length;
  if (olderThanTraining === 0) return undefined;
  const olderThanOwnTraining = timed.filter((row) => ratedAt[row]! < newestOf[users.codes[row]!]!).length;
  const tested = timed.length;
  const percent = (count: number) => `${((100 * count) / tested).toFixed(0)} %`;
  return {
    code: "future_in_training",
    olderThanTraining,
    olderThanOwnTraining,
    tested,
    message:
      `${percent(olderThanTraining)} of the test ratings are older than the newest training rating, ` +
      `${percent(olderThanOwnTraining)} older than one of the same user: the model learns from the future. ` +
      "Split by time (timeCut) to see how well it predicts what comes next.",
  };
}
