/**
 * What a chart says, as plain data: its drawing, its table, its CSV and what a screen reader hears all come from it.
 * Everything stands over one shared x, so that it is a table with a column for each series.
 */
export interface Chart {
  readonly title: string;
  /** What the reader should take from it: one sentence with its numbers. */
  readonly finding: string;
  /** On how much it rests, e.g. 1,500 of `ratings`. */
  readonly sample: { readonly count: number; readonly of: string };
  readonly x: ChartX;
  /** One above the other, under the same x and the same zoom. */
  readonly panels: readonly ChartPanel[];
}

interface ChartX {
  readonly title: string;
  readonly unit?: string;
  /** `time`: milliseconds since 1970, shown in UTC. */
  readonly kind: "category" | "number" | "time";
  readonly values: readonly (string | number)[];
}

export interface ChartPanel {
  readonly title: string;
  /** Of the values, e.g. `ratings`, `ms`, `%`. */
  readonly unit: string;
  /** Whether the axis begins at 0; bars always do. @default false */
  readonly fromZero?: boolean;
  /** In the table and where values are read out. @default as many as they have */
  readonly decimals?: number;
  readonly series: readonly ChartSeries[];
  /** Values that mean something, drawn across: a threshold, a target. */
  readonly limits?: readonly { readonly value: number; readonly name: string }[];
}

export interface ChartSeries {
  readonly name: string;
  readonly kind: "bar" | "line" | "points";
  /** As many as there are in x; `null` where there is none. */
  readonly values: readonly (number | null)[];
  /** Ends of an interval around each value: a band of a line, else whiskers. */
  readonly low?: readonly (number | null)[];
  readonly high?: readonly (number | null)[];
}

/** The series of all panels, in the order of their colours. */
export function allSeries({
  panels,
}: Pick<Chart, "panels">): (ChartSeries & { readonly panel: ChartPanel })[] {
  return panels.flatMap((panel) => panel.series.map((series) => ({ ...series, panel })));
}
