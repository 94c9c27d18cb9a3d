import { type CountTable, total } from "./count-table.ts";

/**
 * The Jensen–Shannon distance: √(½ KL(p‖m) + ½ KL(q‖m)) with m = ½ (p + q), natural logarithm: 0 … √ln 2 ≈ 0.8326.
 *
 * @source Endres and Schindelin, "A New Metric for Probability Distributions", IEEE Trans. Inf. Theory 49(7), 2003
 */
export function jensenShannonDistance(table: CountTable): number {
  let sum = 0;
  eachShare(table, (p, q) => {
    const middle = (p + q) / 2;
    if (p > 0) sum += p * Math.log(p / middle);
    if (q > 0) sum += q * Math.log(q / middle);
  });
  return Math.sqrt(Math.max(0, sum / 2));
}

/**
 * The population stability index: Σ (p − q) ln(p / q) over the shares of the cells. A share of 0 is taken as
 * 0.0001, or as a millionth of the smallest share where that is no more than 0.0001, and the shares are not made
 * to sum to 1 again.
 *
 * Without any drift it is about (1/n + 1/m) · χ² with one degree of freedom less than cells: on 50 rows 0.1 means
 * nothing.
 *
 * @source Siddiqi, "Credit Risk Scorecards", 2006; the filling is Evidently's
 */
export function populationStabilityIndex(table: CountTable): number {
  const { p, q } = filledShares(table);
  return p.reduce((sum, share, cell) => sum + (share - q[cell]!) * Math.log(share / q[cell]!), 0);
}

/**
 * The Kullback–Leibler divergence KL(reference ‖ current) = Σ p ln(p / q), in nats; shares of 0 filled as for
 * {@link populationStabilityIndex}, and then divided by their sum.
 *
 * @source Kullback and Leibler, "On Information and Sufficiency", 1951
 */
export function kullbackLeiblerDivergence(table: CountTable): number {
  const { p, q } = filledShares(table);
  const [sumP, sumQ] = [sumOf(p), sumOf(q)];
  return p.reduce((sum, share, n) => sum + (share / sumP) * Math.log(share / sumP / (q[n]! / sumQ)), 0);
}

/** The total variation distance: ½ Σ |p − q|: the share of rows that would have to move. 0 … 1. */
export function totalVariationDistance(table: CountTable): number {
  let sum = 0;
  eachShare(table, (p, q) => {
    sum += Math.abs(p - q);
  });
  return sum / 2;
}

/** The Hellinger distance: √(1 − Σ √(p q)). 0 … 1. */
export function hellingerDistance(table: CountTable): number {
  let sum = 0;
  eachShare(table, (p, q) => {
    sum += Math.sqrt(p * q);
  });
  return Math.sqrt(Math.max(0, 1 - sum));
}

function eachShare({ reference, current }: CountTable, visit: (p: number, q: number) => void): void {
  const [n, m] = [total(reference), total(current)];
  for (let cell = 0; cell < reference.length; cell++) visit(reference[cell]! / n, current[cell]! / m);
}

function filledShares(table: CountTable): { p: number[]; q: number[] } {
  const [p, q]: [number[], number[]] = [[], []];
  eachShare(table, (first, second) => {
    p.push(first);
    q.push(second);
  });
  return { p: filled(p), q: filled(q) };
}

function filled(shares: number[]): number[] {
  const smallest = shares.reduce((least, share) => (share > 0 && share < least ? share : least), 1);
  const fill = smallest <= 0.0001 ? smallest / 1e6 : 0.0001;
  return shares.map((share) => (share === 0 ? fill : share));
}

function sumOf(shares: number[]): number {
  return shares.reduce((sum, share) => sum + share, 0);
}
