import {
  type CountedColumn,
  type CountTable,
  labelCounts,
  type NumericSample,
  orderedCounts,
  sturgesBins,
} from "@tamis/core";
import { rowsOf } from "./calibrated.ts";
import { type ColumnSketch, sketchedLabels, sketchedNumbers } from "./column-sketch.ts";
import type { DriftDocument } from "./drift-document.ts";

type Column = DriftDocument["columns"][number];

/** More values than this are shown in bins, more labels as “others”. */
const mostBars = 20;

/** The two distributions of a column, in few enough bars to be looked at. */
export function driftBars(reference: ColumnSketch, current: CountedColumn): Column {
  const { name } = reference;
  if (reference.kind === "numbers" && current.kind === "numbers") {
    const [first, second] = [sketchedNumbers(reference), current.sample];
    return { name, kind: "numbers", missing: missingShares(first, second), bars: numberBars(first, second) };
  }
  const first = sketchedLabels(
    reference.kind === "labels"
      ? reference
      : { ...reference, kind: "labels", labels: reference.values.map(String) },
  );
  const second =
    current.kind === "labels"
      ? current.sample
      : {
          ...current.sample,
          counts: new Map(
            Array.from(current.sample.values, (v, n) => [String(v), current.sample.counts[n]!]),
          ),
        };
  const table = labelCounts(first, second);
  return {
    name,
    kind: "labels",
    missing: missingShares(first, second),
    bars: labelBars(table, table.labels),
  };
}

function numberBars(reference: NumericSample, current: NumericSample): Column["bars"] {
  const exact = orderedCounts(reference, current);
  if (exact.values.length <= mostBars) return shares(exact, Array.from(exact.values, String));
  const bins = sturgesBins(reference, current);
  const edges = [...bins.values, exact.values.at(-1)!].map((edge) => String(Number(edge.toPrecision(4))));
  return shares(
    bins,
    Array.from(bins.values, (_, n) => `${edges[n]} to ${edges[n + 1]}`),
  );
}

/** The most frequent labels of both, by how often they occur; all the rest in one bar. */
function labelBars(table: CountTable, labels: readonly string[]): Column["bars"] {
  const bars = shares(table, labels).sort((a, b) => b.reference + b.current - a.reference - a.current);
  if (bars.length <= mostBars) return bars;
  const rest = bars.slice(mostBars - 1);
  const others = {
    label: `${rest.length} others`,
    reference: rest.reduce((sum, bar) => sum + bar.reference, 0),
    current: rest.reduce((sum, bar) => sum + bar.current, 0),
  };
  return [...bars.slice(0, mostBars - 1), others];
}

function shares({ reference, current }: CountTable, labels: readonly string[]): Column["bars"] {
  const [n, m] = [rowsOf(reference), rowsOf(current)];
  return labels.map((label, cell) => ({
    label,
    reference: n === 0 ? 0 : reference[cell]! / n,
    current: m === 0 ? 0 : current[cell]! / m,
  }));
}

function missingShares(...[reference, current]: { size: number; missing: number }[]): Column["missing"] {
  const share = ({ size, missing }: { size: number; missing: number }) =>
    missing === 0 ? 0 : missing / (size + missing);
  return { reference: share(reference!), current: share(current!) };
}
