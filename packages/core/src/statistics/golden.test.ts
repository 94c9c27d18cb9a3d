import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { andersonDarling } from "./anderson-darling.ts";
import { sturgesBins } from "./bins.ts";
import { chiSquareGoodnessOfFit, chiSquareHomogeneity, cramersV, gTest } from "./chi-square.ts";
import { type CountTable, labelCounts, orderedCounts } from "./count-table.ts";
import { energyDistance, wassersteinDistance } from "./distances.ts";
import {
  hellingerDistance,
  jensenShannonDistance,
  kullbackLeiblerDivergence,
  populationStabilityIndex,
  totalVariationDistance,
} from "./divergences.ts";
import { kolmogorovSmirnov } from "./kolmogorov-smirnov.ts";
import { labelSample } from "./label-sample.ts";
import { pooledTest, twoProportions, welchTest } from "./mean-tests.ts";
import { numericSample, quantile, summarise } from "./numeric-sample.ts";
import { mannWhitney } from "./rank-tests.ts";

// Thirty pairs of samples with what SciPy 1.17 says of them. The files are not ours to ship.
const folder = new URL(
  "golden-drift/",
  process.env.TAMIS_TEST_DATA
    ? `file://${process.env.TAMIS_TEST_DATA}/`
    : new URL("../../../../../shared/data/", import.meta.url),
);
const present = existsSync(new URL("expected.json", folder));
if (!present && process.env.CI === "true")
  throw new Error(`golden drift cases not found in ${folder.pathname}`);

interface Tested {
  statistic: number | "inf";
  pvalue: number | "nan";
}
interface Expected {
  describe_reference: { mean: number; std_population: number; quantiles_linear: Record<string, number> };
  ks_2samp_auto: Tested;
  ks_2samp_asymp: Tested;
  wasserstein: number;
  energy_distance: number;
  anderson_ksamp_midrank_statistic: number | { error: string };
  mannwhitneyu_asymptotic: Tested;
  ttest_welch?: Tested;
  ttest_pooled: Tested;
  binned: Divergences;
}
interface Divergences {
  jensenshannon_distance_e: number;
  psi_filled: number;
  kl_ref_to_cur_filled: number;
  tvd: number;
}
interface ExpectedCounts extends Divergences {
  labels: string[];
  chisquare_scaled: Tested;
  chi2_contingency?: Tested;
  g_test_contingency: Tested;
  cramers_v?: number;
  hellinger: number;
  z_test_pooled?: { z: number; pvalue: number };
}
type Golden = { id: string; name: string } & (
  | { kind: "num"; reference: number[]; current: number[] }
  | { kind: "cat"; reference: string[]; current: string[] }
);
const cases: Golden[] = present
  ? JSON.parse(gunzipSync(readFileSync(new URL("cases.json.gz", folder))).toString()).cases
  : [];
const expectations = new Map<string, Expected & ExpectedCounts>(
  present
    ? JSON.parse(readFileSync(new URL("expected.json", folder), "utf8")).cases.map(
        (entry: { id: string; expected: Expected & ExpectedCounts }) => [entry.id, entry.expected],
      )
    : [],
);

describe.skipIf(!present)("two samples, against SciPy (skipped where the golden cases are absent)", () => {
  it.each(cases.flatMap((entry) => (entry.kind === "num" ? [[entry.id, entry.name, entry] as const] : [])))(
    "%s %s",
    (id, _name, entry) => {
      const expected = expectations.get(id)!;
      const [reference, current] = [numericSample(entry.reference), numericSample(entry.current)];
      const table = orderedCounts(reference, current);
      const summary = summarise(reference);
      close(summary.mean, expected.describe_reference.mean);
      close(summary.populationDeviation, expected.describe_reference.std_population);
      for (const [p, value] of Object.entries<number>(expected.describe_reference.quantiles_linear)) {
        close(quantile(reference, Number(p)), value);
      }
      const auto = kolmogorovSmirnov(table);
      close(auto.statistic, expected.ks_2samp_auto.statistic);
      close(auto.pValue, expected.ks_2samp_auto.pvalue, 1e-6);
      close(kolmogorovSmirnov(table, "asymptotic").pValue, expected.ks_2samp_asymp.pvalue, 1e-6);
      close(wassersteinDistance(table), expected.wasserstein);
      close(energyDistance(table), expected.energy_distance, 1e-7);
      if (typeof expected.anderson_ksamp_midrank_statistic === "number") {
        const standardised = (andersonDarling(table) - 1) / deviationOfAnderson(reference.size, current.size);
        close(standardised, expected.anderson_ksamp_midrank_statistic, 1e-8);
      }
      const { statistic, pValue } = mannWhitney(table);
      close(statistic, expected.mannwhitneyu_asymptotic.statistic);
      close(pValue, expected.mannwhitneyu_asymptotic.pvalue, 1e-6);
      if (expected.ttest_welch) {
        close(welchTest(reference, current).pValue, expected.ttest_welch.pvalue, 1e-6);
        close(pooledTest(reference, current).pValue, expected.ttest_pooled.pvalue, 1e-6);
      }
      divergencesAgree(
        reference.values.length > 20 ? sturgesBins(reference, current) : table,
        expected.binned,
      );
    },
  );

  it.each(cases.flatMap((entry) => (entry.kind === "cat" ? [[entry.id, entry.name, entry] as const] : [])))(
    "%s %s",
    (id, _name, entry) => {
      const expected = expectations.get(id)!;
      const table = labelCounts(labelSample(entry.reference), labelSample(entry.current));
      expect(table.labels).toEqual(expected.labels);
      agrees(chiSquareGoodnessOfFit(table), expected.chisquare_scaled);
      if (expected.chi2_contingency) {
        agrees(chiSquareHomogeneity(table), expected.chi2_contingency);
        agrees(gTest(table), expected.g_test_contingency);
        if (expected.cramers_v !== undefined) close(cramersV(table), expected.cramers_v);
      }
      close(hellingerDistance(table), expected.hellinger, 1e-7);
      if (expected.z_test_pooled) {
        const { statistic, pValue } = twoProportions(
          { hits: table.reference[0]!, rows: entry.reference.length },
          { hits: table.current[0]!, rows: entry.current.length },
        );
        close(statistic, expected.z_test_pooled.z);
        close(pValue, expected.z_test_pooled.pvalue, 1e-6);
      }
      divergencesAgree(table, expected);
    },
  );
});

function divergencesAgree(table: CountTable, expected: Divergences): void {
  close(jensenShannonDistance(table), expected.jensenshannon_distance_e, 1e-7);
  close(populationStabilityIndex(table), expected.psi_filled);
  close(kullbackLeiblerDivergence(table), expected.kl_ref_to_cur_filled);
  close(totalVariationDistance(table), expected.tvd);
}

function agrees(result: { statistic: number; pValue: number }, expected: Tested): void {
  close(result.statistic, expected.statistic === "inf" ? Infinity : expected.statistic);
  close(result.pValue, expected.pvalue, 1e-6);
}

/** σ of the statistic of two samples: Scholz and Stephens 1987, equation (4). */
function deviationOfAnderson(n: number, m: number): number {
  const rows = n + m;
  const H = 1 / n + 1 / m;
  let [h, g] = [0, 0];
  for (let i = 1; i < rows; i++) h += 1 / i;
  let tail = 0;
  for (let i = rows - 2; i >= 1; i--) {
    tail += 1 / (i + 1);
    g += tail / (rows - i);
  }
  const a = 4 * g - 6 + (10 - 6 * g) * H;
  const b = 4 * (2 * g - 4) + 16 * h + (2 * g - 14 * h - 4) * H - 8 * h + 4 * g - 6;
  const c = 4 * (6 * h + 2 * g - 2) + 2 * (4 * h - 4 * g + 6) + (2 * h - 6) * H + 4 * h;
  const d = 4 * (2 * h + 6) - 8 * h;
  return Math.sqrt((a * rows ** 3 + b * rows ** 2 + c * rows + d) / ((rows - 1) * (rows - 2) * (rows - 3)));
}

/** Within `relative` of the expected value, or 1e−12 of it where it is 0. */
function close(actual: number, expected: number | string | null, relative = 1e-9): void {
  if (expected === null || expected === "nan") expect(actual).toBeNaN();
  else if (expected === Infinity) expect(actual).toBe(Infinity);
  else
    expect(Math.abs(actual - Number(expected))).toBeLessThanOrEqual(
      Math.abs(Number(expected)) * relative + 1e-12,
    );
}
