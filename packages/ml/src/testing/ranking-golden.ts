import type { RankingMetricName } from "../evaluate/rank-validate.ts";
import type { ModelOptions } from "../recommender.ts";

/** What an independent implementation reached on the five reference folds of MovieLens 100k, k = 10, everything relevant. */
export interface RankingGolden {
  readonly algorithm: string;
  readonly options: ModelOptions;
  /** Means over the folds: `map` divides by all relevant items, `mrr` looks at the whole ranking. */
  readonly metrics: Readonly<Partial<Record<RankingMetricName, number>>>;
  /** By how much our NDCG may differ: more where starting factors are drawn. */
  readonly tolerance: number;
}

const row = (
  algorithm: string,
  options: ModelOptions,
  values: readonly [number, number, number, number, number, number, number],
  tolerance = 0.0005,
): RankingGolden => {
  const [precision, recall, map, ndcg, mrr, hitRate, catalogueCoverage] = values;
  return {
    algorithm,
    options,
    metrics: { precision, recall, map, ndcg, mrr, hitRate, catalogueCoverage },
    tolerance,
  };
};

export const rankingGolden: readonly RankingGolden[] = [
  row("ease", { regularization: 350 }, [0.37108, 0.24243, 0.15404, 0.44554, 0.69313, 0.9282, 0.204]),
  row("ease", { regularization: 1000 }, [0.35984, 0.23329, 0.14882, 0.43516, 0.68949, 0.9212, 0.156]),
  row("ials", { epochs: 16 }, [0.36623, 0.23695, 0.15095, 0.44072, 0.69121, 0.9224, 0.209], 0.004),
  row(
    "ials",
    { unobservedWeight: 0.1, epochs: 16 },
    [0.36275, 0.24288, 0.14892, 0.43173, 0.66424, 0.9244, 0.309],
    0.004,
  ),
  row(
    "ials-hkv",
    { factors: 20, alpha: 1, regularization: 0.015, epochs: 10 },
    [0.35797, 0.23689, 0.14936, 0.43076, 0.68028, 0.9231, 0.267],
    0.004,
  ),
  row("item-knn", { k: 200, shrinkage: 50 }, [0.32626, 0.21495, 0.13108, 0.39528, 0.64496, 0.9001, 0.136]),
  row("item-knn", { k: 100, shrinkage: 10 }, [0.33051, 0.21212, 0.12448, 0.39062, 0.62384, 0.9025, 0.219]),
  row("item-knn", { k: 50, shrinkage: 0 }, [0.32433, 0.20587, 0.12023, 0.38306, 0.61524, 0.8952, 0.265]),
  row("popularity", {}, [0.19043, 0.11589, 0.05385, 0.21816, 0.41857, 0.7694, 0.03]),
  row("svd", {}, [0.08191, 0.0341, 0.01397, 0.08843, 0.2063, 0.4224, 0.136], 0.02),
  row("baseline-only", {}, [0.08742, 0.03941, 0.01331, 0.08681, 0.1803, 0.4513, 0.023]),
];
