import {
  type CountedColumn,
  type LabelSample,
  labelSample,
  type NumericSample,
  numericSample,
  TamisError,
} from "@tamis/core";

/** A column of data to be watched: numbers, or labels (text, ids, booleans as "true" and "false"). */
export type DriftColumn =
  | { readonly name: string; readonly kind: "numbers"; readonly values: ArrayLike<number | null | undefined> }
  | { readonly name: string; readonly kind: "labels"; readonly values: Iterable<string | null | undefined> };

/**
 * What is kept of a column: how many rows hold each value, and no row. It is plain JSON.
 *
 * Above {@link mostCells} distinct numbers, neighbours share a cell, which is known by its largest value: the count of
 * every cell stays exact. Above {@link mostCells} distinct labels the column is refused: it is an identifier.
 */
export type ColumnSketch =
  | {
      readonly name: string;
      readonly kind: "numbers";
      /** The largest value of each cell, ascending. */
      readonly values: readonly number[];
      readonly counts: readonly number[];
      readonly missing: number;
      /** Whether every cell holds one value only. */
      readonly exact: boolean;
    }
  | {
      readonly name: string;
      readonly kind: "labels";
      readonly labels: readonly string[];
      readonly counts: readonly number[];
      readonly missing: number;
    };

/** The most cells of a sketch: about 200 kB of JSON. */
export const mostCells = 10_000;

/** A column as how many rows hold each value; one that was counted already stays as it is. */
export function countColumn(column: DriftColumn | CountedColumn): CountedColumn {
  if ("sample" in column) return column;
  const { name, kind } = column;
  if (kind === "numbers") return { name, kind, sample: numericSample(column.values) };
  return { name, kind, sample: labelSample(column.values) };
}

/**
 * Sketches a column.
 *
 * @throws invalid_input for a column of labels with more than {@link mostCells} distinct ones
 */
export function sketchColumn(column: DriftColumn | CountedColumn): ColumnSketch {
  const counted = countColumn(column);
  const { name } = counted;
  if (counted.kind === "numbers") return sketchNumbers(name, counted.sample);
  const { counts, missing } = counted.sample;
  if (counts.size > mostCells) {
    throw new TamisError(
      "invalid_input",
      `The column “${name}” has ${counts.size} distinct labels, and drift is measured over ${mostCells} at most: ` +
        "leave identifiers out, or group them.",
    );
  }
  const labels = [...counts.keys()].sort();
  return { name, kind: "labels", labels, counts: labels.map((label) => counts.get(label) ?? 0), missing };
}

/** The sample of numbers that a sketch stands for, with the largest value of a cell in the place of all its values. */
export function sketchedNumbers(sketch: ColumnSketch & { kind: "numbers" }): NumericSample {
  const counts = Float64Array.from(sketch.counts);
  return {
    values: Float64Array.from(sketch.values),
    counts,
    size: counts.reduce((sum, count) => sum + count, 0),
    missing: sketch.missing,
  };
}

/** The sample of labels that a sketch stands for. */
export function sketchedLabels(sketch: ColumnSketch & { kind: "labels" }): LabelSample {
  const counts = new Map(sketch.labels.map((label, n) => [label, sketch.counts[n] ?? 0]));
  return { counts, size: sketch.counts.reduce((sum, count) => sum + count, 0), missing: sketch.missing };
}

/**
 * Counts a sample in the cells of an inexact sketch, so that both are counted alike. What lies above the last cell
 * keeps its own values.
 */
export function countInCells(sample: NumericSample, edges: ArrayLike<number>): NumericSample {
  const values: number[] = [];
  const counts: number[] = [];
  let edge = 0;
  for (let n = 0; n < sample.values.length; n++) {
    while (edge < edges.length && edges[edge]! < sample.values[n]!) edge++;
    const cell = edges[edge] ?? sample.values[n]!;
    if (values.at(-1) !== cell) {
      values.push(cell);
      counts.push(0);
    }
    counts[counts.length - 1]! += sample.counts[n]!;
  }
  return { ...sample, values: Float64Array.from(values), counts: Float64Array.from(counts) };
}

function sketchNumbers(name: string, sample: NumericSample): ColumnSketch {
  const exact = sample.values.length <= mostCells;
  const { values, counts } = exact ? sample : countInCells(sample, quantileEdges(sample));
  return { name, kind: "numbers", values: [...values], counts: [...counts], missing: sample.missing, exact };
}

/** The values up to which 1/cells, 2/cells… of the rows lie, each once. */
function quantileEdges(sample: NumericSample): number[] {
  const edges: number[] = [];
  let seen = 0;
  for (let n = 0; n < sample.values.length; n++) {
    seen += sample.counts[n]!;
    if (seen >= ((edges.length + 1) * sample.size) / mostCells) edges.push(sample.values[n]!);
  }
  return edges;
}
