import { createRandom, type Random } from "../random.ts";
import { type CountTable, total } from "./count-table.ts";
import { hypergeometric } from "./hypergeometric.ts";
import type { TestResult } from "./kolmogorov-smirnov.ts";

export interface PermutationOptions {
  /** How often the rows are dealt anew, at most. @default 1999 */
  readonly permutations?: number;
  /** @default 42 */
  readonly seed?: number;
}

/** After this many permutations as extreme as the data the answer is clear: the p-value is near enough. */
const enough = 100;

/**
 * Were both samples drawn from the same distribution? The rows are pooled and dealt anew into two samples of the
 * same sizes, and `statistic` (larger = more different) is compared with its value on the data. It holds its level
 * whatever the sample sizes, the ties and the statistic.
 *
 * p = (1 + exceedances) / (1 + permutations), or exceedances / permutations where the hundredth exceedance came first.
 *
 * @source Phipson and Smyth, "Permutation P-values Should Never Be Zero", 2010, equation (2); the early stop is
 *   Besag and Clifford's, "Sequential Monte Carlo p-values", Biometrika 78, 1991
 */
export function permutationTest(
  table: CountTable,
  statistic: (table: CountTable) => number,
  { permutations = 1999, seed = 42 }: PermutationOptions = {},
): TestResult {
  const observed = statistic(table);
  let [exceedances, done] = [0, 0];
  for (const dealt of dealAnew(table, createRandom(seed), permutations)) {
    done++;
    // A deal that equals the data in exact arithmetic must count, whatever the order of the sums.
    if (statistic(dealt) >= observed * (1 - 1e-12)) exceedances++;
    if (exceedances === enough && done < permutations) return { statistic: observed, pValue: enough / done };
  }
  return { statistic: observed, pValue: (1 + exceedances) / (1 + permutations) };
}

/**
 * Pools the rows of two samples and deals them anew into two of the same sizes, so many times: what the samples would
 * look like if both came from the same distribution. Each table is that of the deal before, overwritten.
 */
export function* dealAnew(table: CountTable, random: Random, times: number): Generator<CountTable> {
  const pooled = table.reference.map((count, cell) => count + table.current[cell]!);
  const [rows, drawn] = [total(pooled), total(table.reference)];
  const reference = new Float64Array(pooled.length);
  const current = new Float64Array(pooled.length);
  for (let time = 0; time < times; time++) {
    let [left, draws] = [rows, drawn];
    for (let cell = 0; cell < pooled.length; cell++) {
      const count = pooled[cell]!;
      const taken = hypergeometric(random, count, left - count, draws);
      reference[cell] = taken;
      current[cell] = count - taken;
      left -= count;
      draws -= taken;
    }
    yield { reference, current };
  }
}
