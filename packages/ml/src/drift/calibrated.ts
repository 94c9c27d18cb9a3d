import {
  andersonDarling,
  type CountedColumn,
  type CountTable,
  chiSquareHomogeneity,
  type LabelSample,
  labelCounts,
  type NumericSample,
  type OrderedCounts,
  orderedCounts,
  permutationTest,
  summarise,
  unbiasedCramersV,
  wassersteinDistance,
} from "@tamis/core";
import {
  type ColumnSketch,
  countColumn,
  countInCells,
  type DriftColumn,
  sketchedLabels,
  sketchedNumbers,
} from "./column-sketch.ts";

/** How large a difference is, whatever the number of rows. */
export type EffectSize = "negligible" | "small" | "medium" | "large";

/**
 * One question asked of a column: have its values changed, has the share of missing ones changed? Of identifiers: how
 * many of them occur (`coverage`), how unequally often (`concentration`), how many rows are of new ones (`unseen`)?
 */
export interface DriftCheck {
  readonly column: string;
  readonly check: "values" | "missing" | "coverage" | "concentration" | "unseen";
  readonly method: "anderson-darling permutation" | "chi-square permutation" | "permutation";
  /** Rows with a value, of both samples, for `values`; all rows for `missing`. */
  readonly rows: { readonly reference: number; readonly current: number };
  readonly statistic: number;
  /** What a figure of identifiers would be on as many rows if nothing had changed. */
  readonly expected?: number;
  /** NaN where there are too few rows to ask. */
  readonly pValue: number;
  /**
   * For numbers, how far a row moved on average in standard deviations of the reference (Wasserstein distance); for
   * labels and missing rates, Cramér's V without its bias; for identifiers, how far the figure is from what is expected. NaN where there
   * are too few rows.
   */
  readonly effect: number;
  readonly effectSize: EffectSize;
  /** Labels that the reference never had, with their rows, most frequent first; at most 20. */
  readonly newLabels: readonly { readonly label: string; readonly rows: number }[];
}

export interface CalibratedOptions {
  /** Fewer rows than this in either sample are not enough data. @default 30 */
  readonly minimumRows?: number;
  /** @default 1999 */
  readonly permutations?: number;
  /** @default 42 */
  readonly seed?: number;
}

/** Cells that the permutation of a column of numbers works with: each holds 2 % of the rows, or one value. */
const testedCells = 50;

/**
 * Compares a column with its baseline so that, where nothing has changed, a p-value of 0.05 or less comes up in 5 % of
 * the cases, whatever the sizes of the samples, the ties and the shape.
 *
 * Numbers: the Anderson–Darling statistic on the pooled values, in cells of about 2 % of the pooled rows, against its
 * permutation distribution; it sees a change of place and of spread. Labels, and the share of missing rows:
 * Pearson's chi-square of homogeneity, likewise.
 */
export function calibratedDrift(
  reference: ColumnSketch,
  current: DriftColumn | CountedColumn,
  options: CalibratedOptions = {},
): DriftCheck[] {
  const counted = countColumn(current);
  if (reference.kind === "numbers" && counted.kind === "numbers") {
    const [first, second] = [sketchedNumbers(reference), counted.sample];
    return [
      numbersCheck(reference, first, second, options),
      ...missingCheck(current.name, first, second, options),
    ];
  }
  const [first, second] = [sketchedLabels(asLabels(reference)), labelsOf(counted)];
  return [
    labelsCheck(current.name, first, second, options),
    ...missingCheck(current.name, first, second, options),
  ];
}

function numbersCheck(
  sketch: ColumnSketch & { kind: "numbers" },
  reference: NumericSample,
  sample: NumericSample,
  options: CalibratedOptions,
): DriftCheck {
  // Both must be counted in the same cells, or the rounding of one looks like a drift.
  const current = sketch.exact ? sample : countInCells(sample, sketch.values);
  const table = orderedCounts(reference, current);
  return {
    column: sketch.name,
    check: "values",
    method: "anderson-darling permutation",
    ...tested(quantileCells(table), andersonDarling, options),
    ...sized(reference, table, options),
    newLabels: [],
  };
}

/** The effect of a change of numbers, on the scale of Cohen's d, which it equals for a pure shift. */
function sized(reference: NumericSample, table: OrderedCounts, options: CalibratedOptions) {
  const moved = wassersteinDistance(table);
  const deviation = summarise(reference).populationDeviation;
  const effect = moved === 0 ? 0 : moved / deviation;
  return effectOf(enoughRows(table, options) ? effect : Number.NaN, [0.2, 0.5, 0.8]);
}

function labelsCheck(
  column: string,
  reference: LabelSample,
  current: LabelSample,
  options: CalibratedOptions,
): DriftCheck {
  const newLabels = [...current.counts]
    .filter(([label]) => !reference.counts.has(label))
    .sort(([, a], [, b]) => b - a)
    .slice(0, 20)
    .map(([label, rows]) => ({ label, rows }));
  return { column, check: "values", newLabels, ...countsCheck(labelCounts(reference, current), options) };
}

/** Nothing to ask where nothing is missing. */
function missingCheck(
  column: string,
  reference: { size: number; missing: number },
  current: { size: number; missing: number },
  options: CalibratedOptions,
): DriftCheck[] {
  if (reference.missing + current.missing === 0) return [];
  const table = {
    reference: Float64Array.of(reference.size, reference.missing),
    current: Float64Array.of(current.size, current.missing),
  };
  return [{ column, check: "missing", newLabels: [], ...countsCheck(table, options) }];
}

function countsCheck(table: CountTable, options: CalibratedOptions) {
  return {
    method: "chi-square permutation" as const,
    ...tested(table, (dealt) => chiSquareHomogeneity(dealt).statistic, options),
    ...effectOf(enoughRows(table, options) ? unbiasedCramersV(table) : Number.NaN, [0.1, 0.3, 0.5]),
  };
}

function tested(table: CountTable, statistic: (table: CountTable) => number, options: CalibratedOptions) {
  const rows = { reference: rowsOf(table.reference), current: rowsOf(table.current) };
  if (!enoughRows(table, options)) return { rows, statistic: Number.NaN, pValue: Number.NaN };
  return { rows, ...permutationTest(table, statistic, options) };
}

/**
 * @source Cohen, "Statistical Power Analysis for the Behavioral Sciences", 2nd edition, 1988: d in section 2.2.3,
 *   w (which is V for two samples) in section 7.2.3
 */
export function effectOf(effect: number, [small, medium, large]: readonly [number, number, number]) {
  const words: [number, EffectSize][] = [
    [large, "large"],
    [medium, "medium"],
    [small, "small"],
  ];
  const effectSize = words.find(([least]) => effect >= least)?.[1] ?? "negligible";
  return { effect, effectSize };
}

/** Neighbouring values in cells of about 1 / {@link testedCells} of the pooled rows: chosen without regard to the sample. */
function quantileCells(table: OrderedCounts): CountTable {
  const reference = new Float64Array(testedCells);
  const current = new Float64Array(testedCells);
  const rows = rowsOf(table.reference) + rowsOf(table.current);
  let below = 0;
  for (let n = 0; n < table.values.length; n++) {
    const cell = table.values.length <= testedCells ? n : Math.floor((below * testedCells) / rows);
    reference[cell]! += table.reference[n]!;
    current[cell]! += table.current[n]!;
    below += table.reference[n]! + table.current[n]!;
  }
  return { reference, current };
}

export function enoughRows(table: CountTable, { minimumRows = 30 }: CalibratedOptions): boolean {
  return Math.min(rowsOf(table.reference), rowsOf(table.current)) >= minimumRows;
}

/** Numbers that are compared with labels are labels. */
function asLabels(sketch: ColumnSketch): ColumnSketch & { kind: "labels" } {
  return sketch.kind === "labels" ? sketch : { ...sketch, kind: "labels", labels: sketch.values.map(String) };
}

function labelsOf(column: CountedColumn): LabelSample {
  if (column.kind === "labels") return column.sample;
  const { values, counts, size, missing } = column.sample;
  return { counts: new Map(Array.from(values, (value, n) => [String(value), counts[n]!])), size, missing };
}

export function rowsOf(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
