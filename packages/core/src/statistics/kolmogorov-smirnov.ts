import { type CountTable, total } from "./count-table.ts";
import { kolmogorovTail } from "./kolmogorov.ts";

/** A statistic and the probability of one at least as extreme when both samples come from the same distribution. */
export interface TestResult {
  readonly statistic: number;
  /** 0…1; NaN where the test says nothing. */
  readonly pValue: number;
}

/** Above this many rows in the larger sample the exact distribution is given up for the asymptotic one, as in SciPy. */
const exactUpTo = 10_000;

/**
 * The two-sample Kolmogorov–Smirnov test: D = max |F(x) − G(x)| over the cells, in ascending order.
 *
 * `exact` counts lattice paths in O(n m) and holds for values without ties (with ties it errs on the side of "no
 * difference"); `asymptotic` is the distribution of one sample of round(nm / (n + m)) values.
 *
 * @default method "exact" up to 10,000 rows in the larger sample, else "asymptotic"
 * @source Hodges, "The Significance Probability of the Smirnov Two-Sample Test", Arkiv för Matematik 3, 1958
 */
export function kolmogorovSmirnov(table: CountTable, method?: "exact" | "asymptotic"): TestResult {
  const [n, m] = [total(table.reference), total(table.current)];
  let [f, g, largest] = [0, 0, 0];
  for (let cell = 0; cell < table.reference.length; cell++) {
    f += table.reference[cell]!;
    g += table.current[cell]!;
    // Whole numbers: |F − G| n m has no rounding below 2^53.
    largest = Math.max(largest, Math.abs(f * m - g * n));
  }
  const statistic = largest / (n * m);
  const exact = method ? method === "exact" : Math.max(n, m) <= exactUpTo;
  const pValue = exact
    ? pathsOutside(n, m, largest)
    : kolmogorovTail(roundHalfToEven((n * m) / (n + m)), statistic);
  return { statistic, pValue: Math.min(1, Math.max(0, pValue)) };
}

/** The share of the paths from (0, 0) to (n, m) that meet a point with |i m − j n| ≥ `least`. Small shares stay exact. */
function pathsOutside(n: number, m: number, least: number): number {
  if (least === 0) return 1;
  // row[j]: the share of the paths to (i, j), each as likely as any other, that have been outside.
  const row = new Float64Array(m + 1);
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      if (Math.abs(i * m - j * n) >= least) row[j] = 1;
      else if (i + j > 0) row[j] = (i * row[j]! + (j > 0 ? j * row[j - 1]! : 0)) / (i + j);
    }
  }
  return row[m]!;
}

/** As NumPy rounds, so that 5000.5 values are 5000 there and here. */
function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  return x - floor === 0.5 ? floor + (floor % 2) : Math.round(x);
}
