import { type CountTable, total } from "./count-table.ts";
import { chiSquareTail } from "./distributions.ts";
import type { TestResult } from "./kolmogorov-smirnov.ts";

/**
 * Were both samples drawn from the same distribution over the cells? Pearson's chi-square of homogeneity:
 * Σ (observed − expected)² / expected over the 2 × k table, expected = row total · column total / all rows, with
 * k − 1 degrees of freedom. Cells that are empty in both samples do not count; with one cell there is nothing to differ
 * in, and p is 1.
 *
 * The p-value is an approximation for expected counts of 5 and more; see `permutationTest` for the others.
 *
 * @source Pearson, "On the Probability that Two Independent Distributions…", Biometrika 8, 1911
 */
export function chiSquareHomogeneity(table: CountTable): TestResult {
  const { statistic, degrees } = divergence(
    table,
    (observed, expected) => (observed - expected) ** 2 / expected,
  );
  return { statistic, pValue: degrees === 0 ? 1 : chiSquareTail(statistic, degrees) };
}

/**
 * The likelihood-ratio companion of {@link chiSquareHomogeneity}: G = 2 Σ observed · ln(observed / expected).
 *
 * @source Wilks, "The Likelihood Test of Independence in Contingency Tables", 1935
 */
export function gTest(table: CountTable): TestResult {
  const { statistic, degrees } = divergence(table, (observed, expected) =>
    observed === 0 ? 0 : 2 * observed * Math.log(observed / expected),
  );
  return { statistic, pValue: degrees === 0 ? 1 : chiSquareTail(statistic, degrees) };
}

/**
 * Pearson's goodness of fit of the current sample to the reference, which is taken as known without error:
 * expected = reference count · n_current / n_reference, k − 1 degrees of freedom.
 *
 * It is what some tools call drift. It is no test of two samples: with 100 rows in each it calls a third of all
 * identical distributions different. A label that is new in the current sample makes it infinite (p = 0), a single
 * label leaves it without degrees of freedom (p = NaN).
 */
export function chiSquareGoodnessOfFit(table: CountTable): TestResult {
  const scale = total(table.current) / total(table.reference);
  let [statistic, cells] = [0, 0];
  for (let cell = 0; cell < table.reference.length; cell++) {
    const [expected, observed] = [table.reference[cell]! * scale, table.current[cell]!];
    if (expected === 0 && observed === 0) continue;
    cells++;
    statistic += expected === 0 ? Infinity : (observed - expected) ** 2 / expected;
  }
  return { statistic, pValue: chiSquareTail(statistic, cells - 1) };
}

/**
 * Cramér's V of a 2 × k table: √(χ² / n), 0 (no difference) … 1 (no cell in common). The size of a difference,
 * whatever the number of rows.
 *
 * @source Cramér, "Mathematical Methods of Statistics", 1946, section 21.9
 */
export function cramersV(table: CountTable): number {
  return Math.sqrt(chiSquareHomogeneity(table).statistic / (total(table.reference) + total(table.current)));
}

/**
 * Cramér's V without its bias: √(max(0, χ² / n − (k − 1) / (n − 1)) / (1 − 1 / (n − 1))). Of two samples that do not
 * differ, in hundreds of rare cells, V itself may be .3 and more.
 *
 * @source Bergsma, "A Bias-Correction for Cramér's V and Tschuprow's T", J. Korean Statistical Society 42, 2013
 */
export function unbiasedCramersV(table: CountTable): number {
  const rows = total(table.reference) + total(table.current);
  const cells = table.reference.filter((count, cell) => count + table.current[cell]! > 0).length;
  const excess = chiSquareHomogeneity(table).statistic / rows - (cells - 1) / (rows - 1);
  return Math.min(1, Math.sqrt(Math.max(0, excess) / (1 - 1 / (rows - 1))));
}

function divergence(
  { reference, current }: CountTable,
  term: (observed: number, expected: number) => number,
): { statistic: number; degrees: number } {
  const [n, m] = [total(reference), total(current)];
  let [statistic, cells] = [0, 0];
  for (let cell = 0; cell < reference.length; cell++) {
    const both = reference[cell]! + current[cell]!;
    if (both === 0) continue;
    cells++;
    statistic += term(reference[cell]!, (both * n) / (n + m)) + term(current[cell]!, (both * m) / (n + m));
  }
  return { statistic, degrees: cells - 1 };
}
