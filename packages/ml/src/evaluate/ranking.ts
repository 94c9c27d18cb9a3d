import { TamisError } from "@tamis/core";

/**
 * One user's list, judged against what the user turned out to like. Only users with something relevant are judged.
 */
export interface JudgedList {
  /** Whether the item at each place of the list is relevant, best place first: 1 or 0. */
  readonly hits: ArrayLike<number>;
  /** How many items are relevant to the user, in the list or not: 1 or more. */
  readonly relevant: number;
  /** Place of the first relevant item in the ranking of **all** candidates, from 1; `null` when none was ranked. */
  readonly firstHit: number | null;
}

/** A metric of one list cut after place k, from 0 (worst) to 1 (best). */
export type ListMetric = (list: JudgedList, k: number) => number;

/** hits@k / k: a list that is shorter than k has only misses in the places it lacks. */
export const precision: ListMetric = (list, k) => hitsUpTo(list, k) / k;

/** hits@k / relevant. */
export const recall: ListMetric = (list, k) => hitsUpTo(list, k) / list.relevant;

/** hits@k / min(k, relevant): what some papers call recall. */
export const truncatedRecall: ListMetric = (list, k) => hitsUpTo(list, k) / Math.min(k, list.relevant);

/** Average precision over **all** relevant items, the AP of gorse's protocol: Σ precision@place of each hit / relevant. */
export const averagePrecision: ListMetric = (list, k) => precisionAtHits(list, k) / list.relevant;

/** Average precision over what can be reached: Σ precision@place of each hit / min(k, relevant). */
export const truncatedAveragePrecision: ListMetric = (list, k) =>
  precisionAtHits(list, k) / Math.min(k, list.relevant);

/** 1 / place of the first relevant item among all candidates, whatever k; 0 when none was ranked. */
export const reciprocalRank: ListMetric = (list) => (list.firstHit === null ? 0 : 1 / list.firstHit);

/**
 * Normalised discounted cumulative gain, binary: Σ over hits of 1 / log₂(place + 1), divided by the same sum for a list
 * with relevant items in its first min(k, relevant) places.
 *
 * @source Järvelin, Kekäläinen, "Cumulated Gain-Based Evaluation of IR Techniques", ACM TOIS 20(4), 2002
 */
export const ndcg: ListMetric = (list, k) => {
  let gain = 0;
  let ideal = 0;
  for (let n = 0; n < k; n++) {
    const discounted = 1 / Math.log2(n + 2);
    if (n < list.hits.length && list.hits[n] === 1) gain += discounted;
    if (n < list.relevant) ideal += discounted;
  }
  return gain / ideal;
};

/** 1 when a relevant item is among the first k, else 0. */
export const hitRate: ListMetric = (list, k) => (hitsUpTo(list, k) > 0 ? 1 : 0);

/** The metrics of a list by the names they have in results. `map` and `mrr` are named after their means over users. */
export const listMetrics = {
  precision,
  recall,
  truncatedRecall,
  map: averagePrecision,
  truncatedMap: truncatedAveragePrecision,
  mrr: reciprocalRank,
  ndcg,
  hitRate,
} satisfies Record<string, ListMetric>;

/**
 * Judges a list of items, best first.
 *
 * @param firstHit - see {@link JudgedList.firstHit}; by default the first hit of the list itself
 * @throws analysis when nothing is relevant: such a user is left out and counted, not scored
 *
 * @example
 * ndcg(judgeList(["a", "b", "c"], new Set(["b", "z"])), 3); // 0.387
 */
export function judgeList<T>(
  list: readonly T[],
  relevant: ReadonlySet<T>,
  firstHit?: number | null,
): JudgedList {
  if (relevant.size === 0) {
    throw new TamisError("analysis", "A list cannot be judged for a user to whom nothing is relevant.");
  }
  const hits = Uint8Array.from(list, (item) => (relevant.has(item) ? 1 : 0));
  const first = hits.indexOf(1) + 1;
  return { hits, relevant: relevant.size, firstHit: firstHit === undefined ? first || null : firstHit };
}

function hitsUpTo({ hits }: JudgedList, k: number): number {
  let count = 0;
  for (let n = 0; n < Math.min(k, hits.length); n++) count += hits[n]!;
  return count;
}

function precisionAtHits({ hits }: JudgedList, k: number): number {
  let found = 0;
  let sum = 0;
  for (let n = 0; n < Math.min(k, hits.length); n++) {
    if (hits[n] !== 1) continue;
    found++;
    sum += found / (n + 1);
  }
  return sum;
}
