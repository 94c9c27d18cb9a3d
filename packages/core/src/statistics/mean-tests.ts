import { normalTwoSided, studentTwoSided } from "./distributions.ts";
import type { TestResult } from "./kolmogorov-smirnov.ts";
import { type NumericSample, summarise } from "./numeric-sample.ts";

/**
 * Welch's t test of equal means, (x̄ − ȳ) / √(s²_x / n + s²_y / m), which does not take the variances as equal.
 *
 * @source Welch, "The Generalization of 'Student's' Problem…", Biometrika 34, 1947
 */
export function welchTest(reference: NumericSample, current: NumericSample): TestResult {
  const [a, b] = [varianceOfMean(reference), varianceOfMean(current)];
  const statistic = (summarise(reference).mean - summarise(current).mean) / Math.sqrt(a + b);
  const degrees = (a + b) ** 2 / (a ** 2 / (reference.size - 1) + b ** 2 / (current.size - 1));
  return { statistic, pValue: studentTwoSided(statistic, degrees) };
}

/**
 * Student's t test of equal means, which takes the two variances as equal.
 *
 * @source Student, "The Probable Error of a Mean", Biometrika 6, 1908
 */
export function pooledTest(reference: NumericSample, current: NumericSample): TestResult {
  const [n, m] = [reference.size, current.size];
  const [x, y] = [summarise(reference), summarise(current)];
  const pooled = (n * x.populationDeviation ** 2 + m * y.populationDeviation ** 2) / (n + m - 2);
  const statistic = (x.mean - y.mean) / Math.sqrt(pooled * (1 / n + 1 / m));
  return { statistic, pValue: studentTwoSided(statistic, n + m - 2) };
}

/**
 * The z test of two proportions, of `hits` among `rows` in each sample, with the pooled variance.
 *
 * @source Agresti, "Categorical Data Analysis", 3rd edition, section 3.2
 */
export function twoProportions(
  reference: { readonly hits: number; readonly rows: number },
  current: { readonly hits: number; readonly rows: number },
): TestResult {
  const pooled = (reference.hits + current.hits) / (reference.rows + current.rows);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / reference.rows + 1 / current.rows));
  const gap = reference.hits / reference.rows - current.hits / current.rows;
  const statistic = deviation === 0 ? 0 : gap / deviation;
  return { statistic, pValue: normalTwoSided(statistic) };
}

/** s² / n, with s² divided by n − 1. */
function varianceOfMean(sample: NumericSample): number {
  return summarise(sample).populationDeviation ** 2 / (sample.size - 1);
}
