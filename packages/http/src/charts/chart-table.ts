import { csvField } from "../csv-field.ts";
import { allSeries, type Chart } from "./chart.ts";

/** A chart as rows and columns. */
export interface ChartTable {
  readonly columns: readonly ChartColumn[];
  /** One row for each x; `null` where there is no value. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

interface ChartColumn {
  /** With its unit: `Mean rating (stars)`. */
  readonly title: string;
  readonly decimals?: number;
}

/** The numbers of a chart: x, then each series with the ends of its intervals. Instants are ISO 8601. */
export function chartTable({ x, panels }: Chart): ChartTable {
  const isAlone = panels.length === 1;
  const columns: ChartColumn[] = [{ title: withUnit(x.title, x.unit) }];
  const values: (readonly (string | number | null)[])[] = [x.values.map((value) => xValue(value, x.kind))];
  for (const { name, low, high, panel, values: own } of allSeries({ panels })) {
    const title = isAlone || panel.series.length === 1 ? name : `${panel.title}: ${name}`;
    const decimals = panel.decimals === undefined ? {} : { decimals: panel.decimals };
    for (const [suffix, column] of [
      ["", own],
      [", low", low],
      [", high", high],
    ] as const) {
      if (column === undefined) continue;
      columns.push({ title: withUnit(`${title}${suffix}`, panel.unit), ...decimals });
      values.push(column);
    }
  }
  return { columns, rows: x.values.map((_, row) => values.map((column) => column[row] ?? null)) };
}

/** The table as CSV with full precision. @source RFC 4180 */
export function chartCsv(chart: Chart): string {
  const { columns, rows } = chartTable(chart);
  const lines = [columns.map(({ title }) => title), ...rows];
  return lines.map((line) => `${line.map(csvField).join(",")}\r\n`).join("");
}

function withUnit(title: string, unit: string | undefined): string {
  return unit === undefined || unit === "" || unit === title.toLowerCase() ? title : `${title} (${unit})`;
}

function xValue(value: string | number, kind: Chart["x"]["kind"]): string | number {
  return kind === "time" ? new Date(value).toISOString() : value;
}
