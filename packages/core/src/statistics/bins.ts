import { type OrderedCounts, orderedCounts } from "./count-table.ts";
import type { NumericSample } from "./numeric-sample.ts";

/**
 * Puts two samples into ⌈log2(n + m) + 1⌉ bins of equal width over their common range, half-open but the last.
 *
 * @source Sturges, "The Choice of a Class Interval", JASA 21, 1926
 */
export function sturgesBins(reference: NumericSample, current: NumericSample): OrderedCounts {
  const table = orderedCounts(reference, current);
  const [low, high] = [table.values[0]!, table.values.at(-1)!];
  const bins = Math.ceil(Math.log2(reference.size + current.size) + 1);
  // Computed as NumPy's linspace does, so that a value on an edge falls on the same side.
  const step = (high - low) / bins;
  const edges = Float64Array.from({ length: bins + 1 }, (_, n) => (n === bins ? high : low + n * step));
  return intoBins(table, edges);
}

/** Counts the cells of a table anew in the bins between `edges`; the last bin holds its upper edge too. */
function intoBins(table: OrderedCounts, edges: Float64Array): OrderedCounts {
  const last = edges.length - 2;
  const reference = new Float64Array(last + 1);
  const current = new Float64Array(last + 1);
  let bin = 0;
  for (let cell = 0; cell < table.values.length; cell++) {
    while (bin < last && table.values[cell]! >= edges[bin + 1]!) bin++;
    reference[bin]! += table.reference[cell]!;
    current[bin]! += table.current[cell]!;
  }
  return { values: edges.slice(0, last + 1), reference, current };
}
