import { DriftDocument } from "@tamis/ml";
import { driftStore, type Records } from "@tamis/storage";
import type { Chart } from "../charts/chart.ts";

/** A report that can be opened. */
export interface ListedReport {
  readonly id: string;
  readonly createdAt: Date;
  readonly document: DriftDocument;
}

export interface DriftView {
  /** Newest first. */
  readonly reports: readonly ListedReport[];
  /** The one that is open. */
  readonly open: ListedReport | undefined;
  /** Name of the column whose distribution is drawn. */
  readonly column: string | undefined;
}

const shownReports = 10;

/** The last reports on drift; the newest is open unless another is asked for. */
export async function readDrift(
  records: Records,
  { report, column }: { readonly report?: string | undefined; readonly column?: string | undefined },
): Promise<DriftView> {
  const stored = await driftStore(records).listReports({ limit: shownReports });
  const reports = stored.flatMap(({ id, createdAt, document }) => {
    const read = DriftDocument.safeParse(document);
    return read.success ? [{ id, createdAt, document: read.data }] : [];
  });
  const open = reports.find(({ id }) => id === report) ?? reports[0];
  const drawable = open?.document.columns.filter(({ bars }) => bars.length > 0).map(({ name }) => name) ?? [];
  const drifted = drawable.find((name) => open && verdictOf(open.document, name) === "drift");
  return {
    reports,
    open,
    column: column !== undefined && drawable.includes(column) ? column : (drifted ?? drawable[0]),
  };
}

/** What a report says of a column: drift when one of its checks does. */
export function verdictOf({ checks }: DriftDocument, column: string): DriftDocument["verdict"] {
  const said = checks.filter((check) => check.column === column).map(({ verdict }) => verdict);
  if (said.includes("drift")) return "drift";
  return said.includes("no drift") ? "no drift" : "not enough data";
}

/** The columns that were checked, in the order of the report. */
export function checkedColumns({ checks }: DriftDocument): string[] {
  return [...new Set(checks.map(({ column }) => column))];
}

/** A column's distribution then and now. `undefined` when the report has none of it. */
export function columnChart(document: DriftDocument, column: string): Chart | undefined {
  const found = document.columns.find(({ name }) => name === column);
  if (found === undefined || found.bars.length === 0) return undefined;
  const moved = found.bars.map(({ reference, current }) => current - reference);
  const most = moved.reduce(
    (place, change, index) => (Math.abs(change) > Math.abs(moved[place]!) ? index : place),
    0,
  );
  const points = (100 * moved[most]!).toFixed(1).replace("-", "−");
  const rows = document.checks.find((check) => check.column === column && check.rows !== null)?.rows;
  return {
    title: `${column}, then and now`,
    finding: `${sentences[verdictOf(document, column)]} The share of ${found.bars[most]?.label} changed most: by ${points} percentage points.`,
    sample: { count: rows?.current ?? document.current.rows, of: "rows now" },
    x: { title: column, kind: "category", values: found.bars.map(({ label }) => label) },
    panels: [
      {
        title: "Share of rows",
        unit: "%",
        decimals: 2,
        series: [
          { name: "Baseline", kind: "bar", values: found.bars.map(({ reference }) => 100 * reference) },
          { name: "Now", kind: "bar", values: found.bars.map(({ current }) => 100 * current) },
        ],
      },
    ],
  };
}

const sentences: Readonly<Record<DriftDocument["verdict"], string>> = {
  drift: "It has drifted.",
  "no drift": "No drift is shown.",
  "not enough data": "There are too few rows to tell.",
};
