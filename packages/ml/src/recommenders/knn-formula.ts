import type { KnnStatistics } from "./knn-statistics.ts";

/** One of the KNN family: what becomes of a rating before it is averaged. */
export interface KnnVariant {
  readonly algorithm: string;
  /** What is taken off: nothing, the mean of x, or the baseline estimate b_xy. */
  readonly centre: "none" | "mean" | "baseline";
  /** Whether it is divided by the standard deviation of x. */
  readonly scaled: boolean;
}

/**
 * An estimate for x and y (user and item when user-based, item and user when not) is
 *
 *     centre(x, y) + scale(x) · Σ sim(x, x′) · value(x′, y) / Σ sim(x, x′)
 *
 * over the k most similar x′ that have a rating r with y, where value(x′, y) = (r − centre(x′, y)) / scale(x′).
 */
export interface KnnFormula {
  value(x: number, y: number, rating: number): number;
  /** b_xy = μ + b_x + b_y. */
  baseline(x: number, y: number): number;
  centre(x: number, y: number): number;
  scale(x: number): number;
  /** The estimate with too few neighbours, and for an unknown side (-1). */
  fallback(x: number, y: number): number;
  /** What adds up to the centre, or to the fall-back. */
  explainCentre(x: number, y: number): Term[];
  explainFallback(x: number, y: number): Term[];
}

interface Term {
  readonly term: string;
  readonly value: number;
}

export function knnFormula(
  { centre, scaled }: KnnVariant,
  { mu, mean, deviation, biasX, biasY }: KnnStatistics,
  userBased: boolean,
): KnnFormula {
  const baseline = (x: number, y: number) => mu + biasX(x) + biasY(y);
  const centres = { none: () => 0, mean, baseline };
  const centreOf = centres[centre];
  const scale = scaled ? deviation : () => 1;
  const [ofX, ofY] = userBased ? ["user", "item"] : ["item", "user"];
  const fallsBackToMean = (x: number, y: number) =>
    centre === "none" || (centre === "mean" && (x < 0 || y < 0));

  function explainCentre(x: number, y: number): Term[] {
    if (centre === "none") return [];
    if (centre === "mean") return [{ term: `${ofX}_mean`, value: mean(x) }];
    return [
      { term: "mean", value: mu },
      ...(x < 0 ? [] : [{ term: `${ofX}_bias`, value: biasX(x) }]),
      ...(y < 0 ? [] : [{ term: `${ofY}_bias`, value: biasY(y) }]),
    ];
  }
  return {
    value: (x, y, rating) => (rating - centreOf(x, y)) / scale(x),
    baseline,
    centre: centreOf,
    scale,
    fallback: (x, y) => (fallsBackToMean(x, y) ? mu : centreOf(x, y)),
    explainCentre,
    explainFallback: (x, y) => (fallsBackToMean(x, y) ? [{ term: "mean", value: mu }] : explainCentre(x, y)),
  };
}
