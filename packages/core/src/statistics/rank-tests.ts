import { type CountTable, total } from "./count-table.ts";
import { normalTwoSided } from "./distributions.ts";
import type { TestResult } from "./kolmogorov-smirnov.ts";

/**
 * The Mann–Whitney test: U counts the pairs in which the reference row is the larger (a tie is half a pair). Normal
 * approximation with the correction for ties and for continuity.
 *
 * @source Mann and Whitney, Annals of Mathematical Statistics 18(1), 1947; Lehmann, "Nonparametrics", 1975, (1.34)
 */
export function mannWhitney(table: CountTable): TestResult {
  const [n, m] = [total(table.reference), total(table.current)];
  const statistic = pairsWon(table);
  let ties = 0;
  for (let cell = 0; cell < table.reference.length; cell++) {
    const both = table.reference[cell]! + table.current[cell]!;
    ties += both ** 3 - both;
  }
  const all = n + m;
  const deviation = Math.sqrt(((n * m) / 12) * (all + 1 - ties / (all * (all - 1))));
  const distance = Math.abs(statistic - (n * m) / 2) - 0.5;
  return {
    statistic,
    pValue: deviation === 0 ? 1 : Math.min(1, normalTwoSided(Math.max(0, distance) / deviation)),
  };
}

/**
 * Cliff's delta: P(current > reference) − P(current < reference), −1 … 1. The size and the direction of a shift,
 * whatever the scale and the number of rows; 0 also for two samples that differ in spread alone.
 *
 * @source Cliff, "Dominance Statistics: Ordinal Analyses to Answer Ordinal Questions", Psychological Bulletin 114, 1993
 */
export function cliffsDelta(table: CountTable): number {
  return 1 - (2 * pairsWon(table)) / (total(table.reference) * total(table.current));
}

/** The pairs (reference row, current row) with the reference above, ties as halves; cells in ascending order. */
function pairsWon({ reference, current }: CountTable): number {
  let [below, won] = [0, 0];
  for (let cell = 0; cell < reference.length; cell++) {
    won += reference[cell]! * (below + current[cell]! / 2);
    below += current[cell]!;
  }
  return won;
}
