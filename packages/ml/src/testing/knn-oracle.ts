import type { Id, RatingTable } from "@tamis/core";

/** Similarity, estimate: everything by its definition, over maps and sorted arrays, with no thought for speed. */
export interface KnnOracle {
  /** Unclipped. */
  estimate(userId: Id, itemId: Id): number;
}

export interface OracleOptions {
  readonly algorithm: string;
  readonly k: number;
  readonly minK: number;
  readonly name: string;
  readonly userBased: boolean;
  readonly minSupport: number;
  readonly shrinkage: number;
}

type Ratings = Map<Id, Map<Id, number>>;

/** @param biases - b_u and b_i of the fitted model, by id */
export function knnOracle(
  table: RatingTable,
  options: OracleOptions,
  biases: { users: ReadonlyMap<Id, number>; items: ReadonlyMap<Id, number> },
): KnnOracle {
  const { userBased } = options;
  const ofX: Ratings = new Map();
  const ofY: Ratings = new Map();
  for (let row = 0; row < table.length; row++) {
    const user = table.users.ids[table.users.codes[row]!]!;
    const item = table.items.ids[table.items.codes[row]!]!;
    const [x, y] = userBased ? [user, item] : [item, user];
    if (!ofX.has(x)) ofX.set(x, new Map());
    if (!ofY.has(y)) ofY.set(y, new Map());
    ofX.get(x)!.set(y, table.ratings[row]!);
    ofY.get(y)!.set(x, table.ratings[row]!);
  }
  const all = [...table.ratings];
  const mu = meanOf(all);
  const [biasX, biasY] = userBased ? [biases.users, biases.items] : [biases.items, biases.users];
  const baseline = (x: Id, y: Id) => mu + (biasX.get(x) ?? 0) + (biasY.get(y) ?? 0);
  const mean = (x: Id) => meanOf([...ofX.get(x)!.values()]);
  const deviation = (x: Id) => {
    const own = deviationOf([...ofX.get(x)!.values()]);
    return own > 1e-9 ? own : deviationOf(all);
  };

  function similarity(a: Id, b: Id): number {
    if (a === b) return 1;
    const common = [...ofX.get(a)!.keys()].filter((y) => ofX.get(b)!.has(y));
    const n = common.length;
    if (n < options.minSupport) return 0;
    const sum = (term: (r: number, s: number, y: Id) => number) =>
      common.reduce((total: number, y) => total + term(ofX.get(a)!.get(y)!, ofX.get(b)!.get(y)!, y), 0);
    if (options.name === "msd") return 1 / (sum((r, s) => (r - s) ** 2) / n + 1);
    if (options.name === "cosine")
      return ratio(
        sum((r, s) => r * s),
        sum((r) => r * r),
        sum((_, s) => s * s),
      );
    if (options.name === "pearson") {
      // The printed form, not the centred one: many correlations are ±1, and rounding decides about ties.
      const [sumA, sumB] = [sum((r) => r), sum((_, s) => s)];
      return ratio(
        n * sum((r, s) => r * s) - sumA * sumB,
        n * sum((r) => r * r) - sumA * sumA,
        n * sum((_, s) => s * s) - sumB * sumB,
      );
    }
    if (n < 2) return 0;
    const rho = ratio(
      sum((r, s, y) => (r - baseline(a, y)) * (s - baseline(b, y))),
      sum((r, _, y) => (r - baseline(a, y)) ** 2),
      sum((_, s, y) => (s - baseline(b, y)) ** 2),
    );
    return (rho * (n - 1)) / (n - 1 + options.shrinkage);
  }

  return {
    estimate(userId, itemId) {
      const [x, y] = userBased ? [userId, itemId] : [itemId, userId];
      const baselines = options.algorithm === "knn-baseline";
      if (!ofX.has(x) || !ofY.has(y)) return baselines ? baseline(x, y) : mu;
      const neighbours = [...ofY.get(y)!].map(([other, rating]) => ({
        other,
        rating,
        sim: similarity(x, other),
      }));
      const kept = neighbours
        .toSorted((a, b) => b.sim - a.sim)
        .slice(0, options.k)
        .filter(({ sim }) => sim > 0);
      const enough = kept.length >= options.minK;
      const weigh = (value: (other: Id, rating: number) => number) =>
        kept.reduce((total, { other, rating, sim }) => total + sim * value(other, rating), 0) /
        kept.reduce((total, { sim }) => total + sim, 0);
      if (options.algorithm === "knn-basic") return enough ? weigh((_, rating) => rating) : mu;
      if (baselines)
        return baseline(x, y) + (enough ? weigh((other, rating) => rating - baseline(other, y)) : 0);
      if (!enough) return mean(x);
      if (options.algorithm === "knn-with-means")
        return mean(x) + weigh((other, rating) => rating - mean(other));
      return mean(x) + deviation(x) * weigh((other, rating) => (rating - mean(other)) / deviation(other));
    },
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
}

function ratio(product: number, squares: number, otherSquares: number): number {
  return squares < 1e-9 || otherSquares < 1e-9 ? 0 : product / Math.sqrt(squares * otherSquares);
}
