import type { NumberedContribution } from "../explanation.ts";
import { predictKnn } from "../kernels/knn.ts";
import type { Newcomer, RatedItems, Scorer } from "../scorer.ts";
import type { SparseRows } from "../sparse-rows.ts";
import { type KnnFormula, type KnnVariant, knnFormula } from "./knn-formula.ts";
import type { KnnOptions } from "./knn-options.ts";
import { type KnnStatistics, withNewcomerX, withNewcomerY } from "./knn-statistics.ts";
import { overallDeviation } from "./moments.ts";
import { createNearest, type Nearest } from "./nearest.ts";
import { rememberRows } from "./remembered-rows.ts";
import { type SimilarityRows, similarityRows } from "./similarity.ts";

/** What a KNN model knows. */
export interface KnnData {
  /** y × x, in order of appearance. */
  readonly ratings: SparseRows;
  readonly xCount: number;
  readonly statistics: KnnStatistics;
}

/** The answers of a KNN model. */
export function knnScorer(
  variant: KnnVariant,
  { ratings, xCount, statistics }: KnnData,
  options: KnnOptions,
): Omit<Scorer, "tensors"> {
  const { k, minK, similarity, baseline } = options;
  const { userBased } = similarity;
  const { starts, columns } = ratings;
  const formula = knnFormula(variant, statistics, userBased);
  const asTheyAre = variant.centre === "none" && !variant.scaled;
  const values = asTheyAre ? ratings.values : mapRatings(ratings, formula.value);
  const comparesResiduals = similarity.name === "pearson_baseline";
  const compared = comparesResiduals ? { ...ratings, values: residuals() } : ratings;
  let rows: SimilarityRows | undefined;
  const getRows = () => {
    rows ??= similarityRows(compared, xCount, similarity);
    return rows;
  };
  const rowOf = rememberRows((x, row) => getRows().fill(x, row), xCount);
  const nearest = createNearest(1, k);
  let nearestOfAll: Nearest | undefined;

  /** r − b_xy of every rating: what `knn-baseline` averages. */
  function residuals(): Float64Array {
    if (variant.centre === "baseline" && !variant.scaled) return values;
    return mapRatings(ratings, (x, y, rating) => rating - formula.baseline(x, y));
  }

  /** Gathers the neighbours of a pair of known sides, and gives their number. */
  function gather(row: Float64Array, y: number): number {
    nearest.clear(0);
    const end = starts[y + 1]!;
    for (let p = starts[y]!; p < end; p++) nearest.offer(0, row[columns[p]!]!, p);
    return nearest.count(0);
  }

  function conclude(
    by: KnnFormula,
    found: Nearest,
    slot: number,
    of: Float64Array,
    x: number,
    y: number,
  ): number {
    if (found.count(slot) < minK) return by.fallback(x, y);
    return by.centre(x, y) + by.scale(x) * found.weigh(slot, of);
  }

  function estimate(x: number, y: number): number {
    if (x < 0 || y < 0) return formula.fallback(x, y);
    gather(rowOf(x), y);
    return conclude(formula, nearest, 0, values, x, y);
  }

  /** Of the neighbours in `nearest`, `neighbourAt` a position. */
  function explainNearest(
    by: KnnFormula,
    of: Float64Array,
    neighbourAt: (position: number) => number,
    x: number,
    y: number,
  ): readonly NumberedContribution[] {
    const kept = nearest.kept(0);
    if (kept.length < minK) return by.explainFallback(x, y);
    const weight = kept.reduce((sum, { similarity }) => sum + similarity, 0);
    const shares = kept.map(({ similarity, position }) => {
      const value = (by.scale(x) * similarity * of[position]!) / weight;
      const neighbour = neighbourAt(position);
      return userBased ? { user: neighbour, value } : { item: neighbour, value };
    });
    return [...by.explainCentre(x, y), ...shares];
  }

  /** Item-based, every item is an x: sim(x, x′) = sim(x′, x) lets the rows of the rated items serve them all. */
  function estimateAll(
    by: KnnFormula,
    of: Float64Array,
    rated: Int32Array,
    firstPosition: number,
    y: number,
    estimates: Float64Array,
  ): void {
    nearestOfAll ??= createNearest(xCount, k);
    for (let x = 0; x < xCount; x++) nearestOfAll.clear(x);
    for (let n = 0; n < rated.length; n++) {
      const row = rowOf(rated[n]!);
      for (let x = 0; x < xCount; x++) nearestOfAll.offer(x, row[x]!, firstPosition + n);
    }
    for (let x = 0; x < xCount; x++) estimates[x] = conclude(by, nearestOfAll, x, of, x, y);
  }

  function foldInUser(history: RatedItems): Newcomer {
    const x = xCount;
    const overall = () => overallDeviation(ratings.values, statistics.mu);
    const by = knnFormula(variant, withNewcomerX(statistics, x, history, baseline, overall), true);
    const own = comparesResiduals
      ? history.ratings.map((rating, n) => rating - by.baseline(x, history.items[n]!))
      : history.ratings;
    const row = new Float64Array(xCount);
    getRows().fillFor(history.items, own, row);
    return {
      estimate(y) {
        if (y < 0) return by.fallback(x, y);
        gather(row, y);
        return conclude(by, nearest, 0, values, x, y);
      },
      explain(y) {
        if (y < 0) return by.explainFallback(x, y);
        gather(row, y);
        return explainNearest(by, values, (position) => columns[position]!, x, y);
      },
    };
  }

  function foldInRater(history: RatedItems): Newcomer {
    const { items, ratings: given } = history;
    const y = starts.length - 1;
    const by = knnFormula(variant, withNewcomerY(statistics, y, history, baseline), false);
    const own = given.map((rating, n) => by.value(items[n]!, y, rating));
    const gatherOwn = (x: number) => {
      nearest.clear(0);
      for (let n = 0; n < items.length; n++) nearest.offer(0, rowOf(x)[items[n]!]!, n);
    };
    return {
      estimate(x) {
        if (x < 0) return by.fallback(x, y);
        gatherOwn(x);
        return conclude(by, nearest, 0, own, x, y);
      },
      estimateItems: (estimates) => estimateAll(by, own, items, 0, y, estimates),
      explain(x) {
        if (x < 0) return by.explainFallback(x, y);
        gatherOwn(x);
        return explainNearest(by, own, (position) => items[position]!, x, y);
      },
    };
  }

  const alike = (x: number, other: number) => rowOf(x)[other]!;
  return {
    estimate: userBased ? estimate : (user, item) => estimate(item, user),
    detail(user, item) {
      const [x, y] = userBased ? [user, item] : [item, user];
      const neighbours = gather(rowOf(x), y);
      const answer = { estimate: conclude(formula, nearest, 0, values, x, y), neighbours };
      return neighbours < minK ? { ...answer, reason: "too_few_neighbours" } : answer;
    },
    explain(user, item) {
      const [x, y] = userBased ? [user, item] : [item, user];
      if (x < 0 || y < 0) return formula.explainFallback(x, y);
      gather(rowOf(x), y);
      return explainNearest(formula, values, (position) => columns[position]!, x, y);
    },
    async estimateMany(users, items, context) {
      const [xs, ys] = userBased ? [users, items] : [items, users];
      const estimates = await predictKnn(
        { ratings: compared, xCount, targets: values },
        { xs, ys },
        { k, minK, ...similarity, similarity: similarity.name },
        { ...context, workers: context.workers ?? (isSmall(ratings, xCount, xs.length) ? 0 : undefined) },
      );
      for (let pair = 0; pair < estimates.length; pair++) {
        const [x, y, mean] = [xs[pair]!, ys[pair]!, estimates[pair]!];
        const known = !Number.isNaN(mean);
        estimates[pair] = known ? formula.centre(x, y) + formula.scale(x) * mean : formula.fallback(x, y);
      }
      return estimates;
    },
    estimateItems(user, estimates) {
      if (userBased) {
        for (let item = 0; item < estimates.length; item++) estimates[item] = estimate(user, item);
        return;
      }
      const [from, to] = [starts[user]!, starts[user + 1]!];
      estimateAll(formula, values, columns.subarray(from, to), from, user, estimates);
    },
    foldIn: userBased ? foldInUser : foldInRater,
    ...(userBased ? { userSimilarity: alike } : { similarity: alike }),
  };
}

/** f(x, y, r) of every rating, aligned with them. */
function mapRatings(ratings: SparseRows, f: (x: number, y: number, rating: number) => number): Float64Array {
  const { starts, columns, values } = ratings;
  const mapped = new Float64Array(values.length);
  for (let y = 0; y + 1 < starts.length; y++) {
    for (let p = starts[y]!; p < starts[y + 1]!; p++) mapped[p] = f(columns[p]!, y, values[p]!);
  }
  return mapped;
}

/** Up to so many meetings of two ratings of one y, starting workers takes longer than doing without. */
const smallWork = 20_000_000;

function isSmall({ starts }: SparseRows, xCount: number, pairs: number): boolean {
  let meetings = 0;
  for (let y = 0; y + 1 < starts.length; y++) meetings += (starts[y + 1]! - starts[y]!) ** 2;
  return meetings * Math.min(1, pairs / xCount) < smallWork;
}
