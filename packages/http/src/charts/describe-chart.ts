import { allSeries, type Chart } from "./chart.ts";

/** What a drawing shows, for those who do not see it: the axes, then the lowest and highest value of each series. */
export function describeChart(chart: Chart): string {
  const { x } = chart;
  const at = (index: number) => xText(chart, x.values[index]);
  const axis = `${x.values.length} ${x.values.length === 1 ? "value" : "values"} of ${x.title.toLowerCase()}`;
  const span = x.values.length > 1 ? `${axis}, from ${at(0)} to ${at(x.values.length - 1)}` : axis;
  const series = allSeries(chart).map(({ name, values, panel }) => {
    const text = (value: number) => valueText(value, panel.decimals, panel.unit);
    const known = values.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
    if (known.length === 0) return `${name}: no values.`;
    const low = known.reduce((least, each) => (each.value < least.value ? each : least));
    const high = known.reduce((most, each) => (each.value > most.value ? each : most));
    return low.value === high.value
      ? `${name}: ${text(low.value)}${known.length > 1 ? " throughout" : ""}.`
      : `${name}: lowest ${text(low.value)} at ${at(low.index)}, highest ${text(high.value)} at ${at(high.index)}.`;
  });
  return [`${span}.`, ...series].join(" ");
}

/** One x with all its values, as a sentence: what the arrow keys read out. */
export function describePoint(chart: Chart, index: number): string {
  const values = allSeries(chart).map(({ name, values, panel }) => {
    const value = values[index];
    return `${name} ${value === null || value === undefined ? "none" : valueText(value, panel.decimals, panel.unit)}`;
  });
  return `${chart.x.title} ${xText(chart, chart.x.values[index])}: ${values.join(", ")}.`;
}

/** A value of x for a reader: an instant in UTC, a category or number as it is. */
function xText({ x }: Pick<Chart, "x">, value: string | number | undefined): string {
  if (value === undefined) return "";
  if (x.kind === "time") return instants.format(new Date(value));
  return typeof value === "number" ? numbers.format(value) : value;
}

/** A number for a reader with its unit, e.g. `1,500 ratings`, `12.5 %`. */
export function valueText(value: number, decimals: number | undefined, unit: string): string {
  const text =
    decimals === undefined
      ? numbers.format(value)
      : value.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return unit === "" ? text : `${text} ${unit}`;
}

const numbers = new Intl.NumberFormat("en", { maximumSignificantDigits: 6 });
const instants = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "short",
  timeZone: "UTC",
});
