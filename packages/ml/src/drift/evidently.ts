import {
  type CountTable,
  chiSquareGoodnessOfFit,
  jensenShannonDistance,
  kolmogorovSmirnov,
  labelCounts,
  type NumericSample,
  orderedCounts,
  summarise,
  twoProportions,
  wassersteinDistance,
} from "@tamis/core";
import { type ColumnSketch, sketchedLabels, sketchedNumbers } from "./column-sketch.ts";

/** What Evidently says of a column. */
export interface EvidentlyVerdict {
  readonly column: string;
  /** Its name of the method. */
  readonly method:
    | "K-S p_value"
    | "chi-square p_value"
    | "Z-test p_value"
    | "Wasserstein distance (normed)"
    | "Jensen-Shannon distance";
  /** A p-value or a distance, by the method. */
  readonly score: number;
  readonly threshold: number;
  readonly drifted: boolean;
}

/** Up to this many reference rows Evidently tests; above it measures a distance. */
const testedRows = 1000;

/**
 * The drift of a column as Evidently 0.7 decides it by default: a test (p ≤ 0.05; < for those of counts) up to 1,000
 * reference rows, a distance (≥ 0.1) above; numbers with 5 distinct values or fewer, in both samples, are labels.
 *
 * It is here so that a team can compare. It cries wolf on small samples and is blind to small shifts on large ones: see
 * {@link calibratedDrift}. Figures are the same to 10^-6 as long as a column has no more than 10,000 distinct values.
 *
 * @source Evidently 0.7.21, the legacy choice of statistical tests
 */
export function evidentlyDrift(reference: ColumnSketch, current: ColumnSketch): EvidentlyVerdict {
  if (reference.kind === "labels" || current.kind === "labels") {
    return countsVerdict(reference.name, labelTable(reference, current));
  }
  const [first, second] = [sketchedNumbers(reference), sketchedNumbers(current)];
  const table = orderedCounts(first, second);
  if (table.values.length <= 5) return countsVerdict(reference.name, table);
  return numbersVerdict(reference.name, first, second);
}

/** Labels of both; numbers are written out where one side has labels. */
function labelTable(reference: ColumnSketch, current: ColumnSketch): CountTable {
  const asLabels = (sketch: ColumnSketch) =>
    sketchedLabels(
      sketch.kind === "labels" ? sketch : { ...sketch, kind: "labels", labels: sketch.values.map(String) },
    );
  return labelCounts(asLabels(reference), asLabels(current));
}

function numbersVerdict(column: string, reference: NumericSample, current: NumericSample): EvidentlyVerdict {
  const table = orderedCounts(reference, current);
  if (reference.size <= testedRows) {
    const score = kolmogorovSmirnov(table).pValue;
    return { column, method: "K-S p_value", score, threshold: 0.05, drifted: score <= 0.05 };
  }
  // The floor keeps a constant reference from dividing by nothing.
  const score = wassersteinDistance(table) / Math.max(summarise(reference).populationDeviation, 0.001);
  return { column, method: "Wasserstein distance (normed)", score, threshold: 0.1, drifted: score >= 0.1 };
}

function countsVerdict(column: string, table: CountTable): EvidentlyVerdict {
  const [n, m] = [sum(table.reference), sum(table.current)];
  if (n > testedRows) {
    const score = jensenShannonDistance(table);
    return { column, method: "Jensen-Shannon distance", score, threshold: 0.1, drifted: score >= 0.1 };
  }
  if (table.reference.length <= 2) {
    const hits = (counts: Float64Array, rows: number) => ({ hits: counts[0] ?? 0, rows });
    const score = twoProportions(hits(table.reference, n), hits(table.current, m)).pValue;
    return { column, method: "Z-test p_value", score, threshold: 0.05, drifted: score < 0.05 };
  }
  const score = chiSquareGoodnessOfFit(table).pValue;
  return { column, method: "chi-square p_value", score, threshold: 0.05, drifted: score < 0.05 };
}

function sum(counts: Float64Array): number {
  return counts.reduce((all, count) => all + count, 0);
}
