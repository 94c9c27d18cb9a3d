import { type Id, type OnProgress, type RatingTable, TamisError } from "@tamis/core";
import { createPace } from "../pace.ts";
import type { ModelOptions, Recommender } from "../recommender.ts";
import { createTrainset } from "../trainset.ts";
import { type BeyondAccuracy, beyondAccuracy } from "./beyond-accuracy.ts";
import { bootstrapMean, meanOf } from "./bootstrap.ts";
import { type FutureLeak, futureLeak } from "./future-leak.ts";
import { type RankedUsers, rankUsers } from "./rank-users.ts";
import { listMetrics } from "./ranking.ts";
import { type Fold, foldsFromPermutation, kFold } from "./split.ts";

export interface RankValidationOptions {
  /** @default 3 */
  readonly folds?: number;
  /** Seed of the shuffle, of every fit, of samples and of intervals. @default 42 */
  readonly seed?: number;
  /** Row positions in the order to cut, instead of a shuffle; each once. */
  readonly permutation?: Int32Array;
  /** Folds made otherwise (by time, by user…), instead of `folds` and `permutation`. */
  readonly splits?: Iterable<Fold>;
  /** Length of the lists. @default 10 */
  readonly k?: number;
  /** Test ratings below it are not relevant; by default all are. */
  readonly minRating?: number;
  /**
   * Rank what is relevant to a user among so many other items drawn at random, instead of among the whole catalogue. Such
   * figures are far higher, may order models wrongly, and are labelled (Krichene, Rendle, KDD 2020).
   */
  readonly sampledNegatives?: number;
  readonly workers?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

export type ListMetricName = keyof typeof listMetrics;
export type RankingMetricName = ListMetricName | keyof BeyondAccuracy;

/** How good a recommender's lists are. */
export interface RankValidation {
  /** Name of the algorithm. */
  readonly model: string;
  readonly options: ModelOptions;
  readonly k: number;
  /** What lists are chosen from: all items not seen, or what is relevant and this many others. */
  readonly candidates: "full catalogue" | `${number} sampled negatives`;
  readonly folds: readonly RankedFold[];
  /** Means over the folds of the means over users. */
  readonly metrics: Readonly<Record<RankingMetricName, number>>;
  /** 95 % bootstrap intervals of the means, from drawing users (with all their folds) again and again. */
  readonly intervals: Readonly<Record<ListMetricName, { readonly low: number; readonly high: number }>>;
  /** At most one for each fold. */
  readonly warnings: readonly FutureLeak[];
}

export interface RankedFold {
  readonly metrics: Readonly<Record<RankingMetricName, number>>;
  /** Who was judged. */
  readonly userIds: readonly Id[];
  /** Each user's value, aligned with `userIds`. */
  readonly values: Readonly<Record<ListMetricName, Float64Array>>;
  /** Users with test ratings of which none is relevant: left out. */
  readonly usersWithoutRelevant: number;
  /** Users among `userIds` that the model had never seen. */
  readonly unknownUsers: number;
  /** Relevant test ratings of items that the model cannot score: they rank last, and are not left out. */
  readonly unscorable: number;
  readonly fitSeconds: number;
  readonly rankSeconds: number;
}

/**
 * Cross-validates the lists of a recommender: for each fold it learns from the training rows, ranks all items of the
 * table that the user has not rated in training, and its first k are judged by the test rows. Users without a
 * relevant test row are left out and counted. Ties go to the lower id. Definitions: `ranking.ts` and
 * `beyond-accuracy.ts`. Any recommender can be judged so, one of ratings by the order of its estimates.
 *
 * @throws invalid_input for an impossible number of folds or k; unsupported when a split shows histories to a model
 * that cannot fold in; analysis when a fold has nobody to judge; aborted
 *
 * @example
 * const { metrics } = await rankValidate(table, ease(), { folds: 5 });
 * metrics.ndcg;
 */
export async function rankValidate(
  table: RatingTable,
  recommender: Recommender,
  options: RankValidationOptions = {},
): Promise<RankValidation> {
  const { folds = 3, seed = 42, permutation, k = 10, sampledNegatives } = options;
  if (!Number.isInteger(k) || k < 1) {
    throw new TamisError("invalid_input", `k is ${k}; lists need a length of 1 or more.`);
  }
  const parts =
    options.splits ??
    (permutation ? foldsFromPermutation(permutation, folds) : kFold(table.length, { folds, seed }));
  const results: RankedFold[] = [];
  const warnings: FutureLeak[] = [];
  for (const fold of parts) {
    results.push(await judgeFold(table, recommender, fold, { ...options, seed, k }, results.length + 1));
    const leak = futureLeak(table, fold);
    if (leak) warnings.push(leak);
  }
  if (results.length === 0) throw new TamisError("invalid_input", "There is no fold to judge by.");
  return {
    model: recommender.algorithm,
    options: recommender.options,
    k,
    candidates: sampledNegatives === undefined ? "full catalogue" : `${sampledNegatives} sampled negatives`,
    folds: results,
    metrics: mapValues(results[0]!.metrics, (_, name) => meanOf(results.map(({ metrics }) => metrics[name]))),
    intervals: mapValues(listMetrics, (_, name) => interval(results, name, seed)),
    warnings,
  };
}

/** Each user's mean over the folds they were judged in. */
export function valuesByUser(folds: readonly RankedFold[], metric: ListMetricName): Map<Id, number> {
  const all = new Map<Id, number[]>();
  for (const { userIds, values } of folds) {
    for (const [n, userId] of userIds.entries()) {
      const known = all.get(userId);
      if (known) known.push(values[metric][n]!);
      else all.set(userId, [values[metric][n]!]);
    }
  }
  return new Map([...all].map(([userId, values]) => [userId, meanOf(values)]));
}

async function judgeFold(
  table: RatingTable,
  recommender: Recommender,
  fold: Fold,
  options: RankValidationOptions & { seed: number; k: number },
  number: number,
): Promise<RankedFold> {
  const { seed, k, minRating, sampledNegatives, workers, signal, onProgress } = options;
  const context = {
    ...(workers !== undefined && { workers }),
    ...(signal && { signal }),
    ...(onProgress && {
      onProgress: ((progress) =>
        onProgress({ ...progress, phase: `fold ${number}: ${progress.phase}` })) as OnProgress,
    }),
  };
  const trainset = createTrainset(table, fold.train);
  const start = performance.now();
  const model = await recommender.fit(trainset, { seed, ...context });
  const fitted = performance.now();
  const pace = createPace({ phase: "rank", total: table.users.ids.length, unit: "users" }, context);
  const ranked = await rankUsers(
    model,
    table,
    fold,
    { k, minRating, sampledNegatives, seed: seed + number },
    pace,
  );
  const rankSeconds = (performance.now() - fitted) / 1000;
  if (ranked.lists.length === 0) {
    throw new TamisError(
      "analysis",
      `Fold ${number} has no relevant test rating, so there is nobody to judge.`,
    );
  }
  const { usersWithoutRelevant, unknownUsers, unscorable } = ranked;
  return {
    ...judge(ranked, table, k),
    usersWithoutRelevant,
    unknownUsers,
    unscorable,
    fitSeconds: (fitted - start) / 1000,
    rankSeconds,
  };
}

function judge(
  { lists, judged, histories }: RankedUsers,
  table: RatingTable,
  k: number,
): Pick<RankedFold, "metrics" | "userIds" | "values"> {
  const values = mapValues(listMetrics, (metric) => Float64Array.from(judged, (list) => metric(list, k)));
  return {
    metrics: {
      ...mapValues(values, (of) => meanOf(of)),
      ...beyondAccuracy(lists, histories, table.items.ids.length),
    },
    userIds: lists.map(({ user }) => table.users.ids[user]!),
    values,
  };
}

/** The bootstrap interval of the users' values, laid around the mean over the folds. */
function interval(
  folds: readonly RankedFold[],
  metric: ListMetricName,
  seed: number,
): { low: number; high: number } {
  const overUsers = bootstrapMean([...valuesByUser(folds, metric).values()], { seed });
  const shift = meanOf(folds.map(({ metrics }) => metrics[metric])) - overUsers.mean;
  return { low: overUsers.low + shift, high: overUsers.high + shift };
}

function mapValues<Key extends string, Value, Mapped>(
  object: Readonly<Record<Key, Value>>,
  map: (value: Value, key: Key) => Mapped,
): Record<Key, Mapped> {
  const entries = Object.entries(object) as [Key, Value][];
  return Object.fromEntries(entries.map(([key, value]) => [key, map(value, key)])) as Record<Key, Mapped>;
}
