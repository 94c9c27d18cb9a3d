import { canonicalId, type Id } from "@tamis/core";
import { z } from "zod";
import type { History } from "./recommender.ts";
import type { SparseRows } from "./sparse-rows.ts";
import type { DenseTrainset } from "./trainset-dense.ts";

/** How ratings are read as implicit feedback: what the options of every ranking algorithm include. */
export interface FeedbackOptions {
  /** Ratings below it are passed over, as if they had not been given. All count when it is absent. */
  readonly minRating?: number | undefined;
  /** What a rating counts for: 1 (`binary`) or its value (`rating`). */
  readonly values: "binary" | "rating";
}

export const minRating = z.number().optional();
export const feedbackValues = z.enum(["binary", "rating"]).default("binary");

/** Distinct items in increasing order, with what each counts for. */
export interface Feedback {
  readonly items: Int32Array;
  readonly values: Float64Array;
}

/**
 * The feedback of every user (users × items): inside a row the items are in increasing order, each once. A pair that
 * was rated twice counts once when binary, else for the sum of its values.
 */
export function feedbackOf({ users, byUser }: DenseTrainset, options: FeedbackOptions): SparseRows {
  const { starts, columns, values } = byUser;
  const kept = { columns: new Int32Array(columns.length), values: new Float64Array(columns.length) };
  const keptStarts = new Int32Array(users.length + 1);
  let length = 0;
  for (let user = 0; user < users.length; user++) {
    const [from, to] = [starts[user]!, starts[user + 1]!];
    const feedback = collect(columns.subarray(from, to), values.subarray(from, to), options);
    kept.columns.set(feedback.items, length);
    kept.values.set(feedback.values, length);
    length += feedback.items.length;
    keptStarts[user + 1] = length;
  }
  return {
    starts: keptStarts,
    columns: kept.columns.slice(0, length),
    values: kept.values.slice(0, length),
  };
}

/** The feedback in a history; items without a number (-1) are passed over. */
export function feedbackOfHistory(
  history: History,
  numberOf: (itemId: Id) => number,
  options: FeedbackOptions,
): Feedback {
  const known = history
    .map(({ itemId, rating }) => ({ item: numberOf(canonicalId(itemId)), rating }))
    .filter(({ item }) => item >= 0);
  return collect(
    Int32Array.from(known, ({ item }) => item),
    Float64Array.from(known, ({ rating }) => rating),
    options,
  );
}

/** A row of {@link feedbackOf}. */
export function feedbackRow({ starts, columns, values }: SparseRows, user: number): Feedback {
  const [from, to] = [starts[user]!, starts[user + 1]!];
  return { items: columns.subarray(from, to), values: values.subarray(from, to) };
}

function collect(items: Int32Array, ratings: Float64Array, options: FeedbackOptions): Feedback {
  const order = Int32Array.from(items.keys()).sort((a, b) => items[a]! - items[b]! || a - b);
  const collected = { items: new Int32Array(items.length), values: new Float64Array(items.length) };
  let length = 0;
  for (const at of order) {
    const rating = ratings[at]!;
    if (options.minRating !== undefined && rating < options.minRating) continue;
    const isNew = length === 0 || collected.items[length - 1] !== items[at];
    if (isNew) collected.items[length++] = items[at]!;
    if (options.values === "binary") collected.values[length - 1] = 1;
    else collected.values[length - 1]! += rating;
  }
  return { items: collected.items.subarray(0, length), values: collected.values.subarray(0, length) };
}

/** The users' feedback without that of one user, whose row is gone: the rows after it move up. */
export function withoutRow({ starts, columns, values }: SparseRows, row: number): SparseRows {
  const [from, to] = [starts[row]!, starts[row + 1]!];
  const rest = <T extends Int32Array | Float64Array>(all: T): T => {
    const kept = all.slice(0, all.length - (to - from)) as T;
    kept.set(all.subarray(to), from);
    return kept;
  };
  const keptStarts = new Int32Array(starts.length - 1);
  for (let other = 0; other < keptStarts.length; other++) {
    keptStarts[other] = other <= row ? starts[other]! : starts[other + 1]! - (to - from);
  }
  return { starts: keptStarts, columns: rest(columns), values: rest(values) };
}
