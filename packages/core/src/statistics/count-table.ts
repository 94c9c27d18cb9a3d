import type { LabelSample } from "./label-sample.ts";
import type { NumericSample } from "./numeric-sample.ts";

/** Two samples counted over the same cells: what every two-sample test here is made of. */
export interface CountTable {
  /** Rows of the reference in each cell. */
  readonly reference: Float64Array;
  /** Rows of the current sample in each cell. */
  readonly current: Float64Array;
}

/** A {@link CountTable} whose cells are values in ascending order. */
export interface OrderedCounts extends CountTable {
  /** The value of each cell, distinct and ascending. */
  readonly values: Float64Array;
}

/** Two samples of numbers over the union of their values. */
export function orderedCounts(reference: NumericSample, current: NumericSample): OrderedCounts {
  const most = reference.values.length + current.values.length;
  const values = new Float64Array(most);
  const [first, second] = [new Float64Array(most), new Float64Array(most)];
  let [cells, a, b] = [0, 0, 0];
  while (a < reference.values.length || b < current.values.length) {
    const value = Math.min(reference.values[a] ?? Infinity, current.values[b] ?? Infinity);
    values[cells] = value;
    if (reference.values[a] === value) first[cells] = reference.counts[a++]!;
    if (current.values[b] === value) second[cells] = current.counts[b++]!;
    cells++;
  }
  return {
    values: values.slice(0, cells),
    reference: first.slice(0, cells),
    current: second.slice(0, cells),
  };
}

/** Two samples of labels over the union of their labels, which are sorted by code unit. */
export function labelCounts(
  reference: LabelSample,
  current: LabelSample,
): CountTable & { readonly labels: string[] } {
  const labels = [...new Set([...reference.counts.keys(), ...current.counts.keys()])].sort();
  return {
    labels,
    reference: Float64Array.from(labels, (label) => reference.counts.get(label) ?? 0),
    current: Float64Array.from(labels, (label) => current.counts.get(label) ?? 0),
  };
}

/** The sum of some counts. */
export function total(counts: Float64Array): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
