import { type SparseRows, transpose } from "../sparse-rows.ts";

/**
 * What lists are beside right. Catalogue and training counts are over the items that lists are made of.
 *
 * @source novelty, diversity, serendipity: Castells, Hurley, Vargas, "Novelty and Diversity in Recommender Systems",
 * Recommender Systems Handbook, 2nd edition, 2015; popularity lift: Abdollahpouri, Mansoury, Burke, Mobasher, "The
 * Unfairness of Popularity Bias in Recommendation", 2019
 */
export interface BeyondAccuracy {
  /** Distinct items recommended / items of the catalogue. */
  readonly catalogueCoverage: number;
  /** Entropy of the items' shares of all places, −Σ p log₂ p, in bits: log₂ of the catalogue's size at most. */
  readonly distributionalCoverage: number;
  /** Inequality of the items' shares of all places: see {@link gini}. */
  readonly gini: number;
  /** Mean over users of the list's mean −log₂(ratings of the item / all ratings), in bits; an item nobody rated counts 1. */
  readonly novelty: number;
  /** Mean over users of 1 − mean similarity of two items of the list; of lists of two or more. */
  readonly diversity: number;
  /** Mean over users of the list's mean of relevance · (1 − mean similarity to the user's history). */
  readonly serendipity: number;
  /** How much more popular lists are than histories: Σ_u mean count of the list / Σ_u mean count of the history − 1. */
  readonly popularityBias: number;
}

/** One list of item numbers, best first, and whether each is relevant (1 or 0). */
export interface NumberedList {
  readonly user: number;
  readonly items: Int32Array;
  readonly hits: Uint8Array;
}

/**
 * Judges lists together. The similarity of two items is |U_i ∩ U_j| / √(|U_i| |U_j|) over the training histories.
 * Similarities are computed one recommended item at a time: memory stays in proportion to the items.
 *
 * @param histories - what each user has in training: users × catalogue
 */
export function beyondAccuracy(
  lists: readonly NumberedList[],
  histories: SparseRows,
  catalogueSize: number,
): BeyondAccuracy {
  const counts = new Float64Array(catalogueSize);
  for (const item of histories.columns) counts[item]!++;
  const places = new Float64Array(catalogueSize);
  for (const { items } of lists) for (const item of items) places[item]!++;
  return {
    catalogueCoverage: places.filter((count) => count > 0).length / catalogueSize,
    distributionalCoverage: entropy(places),
    gini: gini(places),
    novelty: novelty(lists, counts, histories.columns.length),
    ...alikeness(lists, histories, counts),
    popularityBias: popularityBias(lists, histories, counts),
  };
}

/**
 * The Gini coefficient of amounts: 0 when all are equal, near 1 when one has everything. With x in increasing order,
 *
 *     G = Σ_k (2k − n − 1) x_k / (n Σ x),  k = 1 … n;  0 when all are 0
 */
export function gini(amounts: ArrayLike<number>): number {
  const sorted = Float64Array.from(amounts).sort();
  const n = sorted.length;
  let total = 0;
  let weighed = 0;
  for (let k = 0; k < n; k++) {
    total += sorted[k]!;
    weighed += (2 * (k + 1) - n - 1) * sorted[k]!;
  }
  return total === 0 ? 0 : weighed / (n * total);
}

/** −Σ p log₂ p of the amounts' shares, in bits; 0 when all are 0. */
export function entropy(amounts: ArrayLike<number>): number {
  let total = 0;
  for (let n = 0; n < amounts.length; n++) total += amounts[n]!;
  let sum = 0;
  for (let n = 0; n < amounts.length; n++) {
    const share = amounts[n]! / total;
    if (share > 0) sum -= share * Math.log2(share);
  }
  return sum;
}

function novelty(lists: readonly NumberedList[], counts: Float64Array, total: number): number {
  const of = (item: number) => -Math.log2(Math.max(1, counts[item]!) / total);
  return mean(lists.filter(notEmpty).map(({ items }) => mean(Array.from(items, of))));
}

function popularityBias(
  lists: readonly NumberedList[],
  { starts, columns }: SparseRows,
  counts: Float64Array,
): number {
  const meanCount = (items: Int32Array) => mean(Array.from(items, (item) => counts[item]!));
  let recommended = 0;
  let had = 0;
  for (const { user, items } of lists.filter(notEmpty)) {
    const history = columns.subarray(starts[user]!, starts[user + 1]!);
    if (history.length === 0) continue;
    recommended += meanCount(items);
    had += meanCount(history);
  }
  return had === 0 ? 0 : recommended / had - 1;
}

/** Diversity and serendipity, which both need similarities: item by item, each added to the lists that hold it. */
function alikeness(
  lists: readonly NumberedList[],
  histories: SparseRows,
  counts: Float64Array,
): { diversity: number; serendipity: number } {
  const holders = listsByItem(lists);
  const users = transpose(histories, counts.length);
  const common = new Float64Array(counts.length);
  const alikeInList = new Float64Array(lists.length);
  const serendipity = new Float64Array(lists.length);
  for (const [item, holding] of holders) {
    countCommon(item, users, histories, common);
    const alike = (other: number) =>
      common[other] === 0 ? 0 : common[other]! / Math.sqrt(counts[item]! * counts[other]!);
    for (const { list, place } of holding) {
      const { user, items, hits } = lists[list]!;
      for (const other of items) if (other !== item) alikeInList[list]! += alike(other);
      if (hits[place] !== 1) continue;
      const history = histories.columns.subarray(histories.starts[user]!, histories.starts[user + 1]!);
      const familiar = history.length === 0 ? 0 : mean(Array.from(history, alike));
      serendipity[list]! += (1 - familiar) / items.length;
    }
    common.fill(0);
  }
  const diversities = lists.flatMap(({ items: { length } }, list) =>
    length < 2 ? [] : [1 - alikeInList[list]! / (length * (length - 1))],
  );
  return { diversity: mean(diversities), serendipity: mean(serendipity) };
}

function listsByItem(lists: readonly NumberedList[]): Map<number, { list: number; place: number }[]> {
  const holders = new Map<number, { list: number; place: number }[]>();
  for (const [list, { items }] of lists.entries()) {
    for (const [place, item] of items.entries()) {
      const holding = holders.get(item);
      if (holding) holding.push({ list, place });
      else holders.set(item, [{ list, place }]);
    }
  }
  return holders;
}

function countCommon(item: number, users: SparseRows, histories: SparseRows, common: Float64Array): void {
  for (let p = users.starts[item]!; p < users.starts[item + 1]!; p++) {
    const user = users.columns[p]!;
    for (let q = histories.starts[user]!; q < histories.starts[user + 1]!; q++) {
      common[histories.columns[q]!]!++;
    }
  }
}

const notEmpty = ({ items }: NumberedList) => items.length > 0;

/** 0 for no values. */
function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let n = 0; n < values.length; n++) sum += values[n]!;
  return values.length === 0 ? 0 : sum / values.length;
}
