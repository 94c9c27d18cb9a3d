import { findRow, type Row, ratio, type Suite } from "./suite.ts";

/** The rows of a suite as a Markdown table, a case after the other, with a column of ratios for each baseline. */
export function formatTable({ baselines = [] }: Suite, rows: readonly Row[]): string {
  const sorted = [...new Set(rows.map((row) => row.case))].flatMap((of) =>
    rows.filter((row) => row.case === of),
  );
  const columns = columnsFor(sorted, baselines).filter(({ cell }) => sorted.some((row) => cell(row) !== ""));
  const lines = [
    columns.map(({ heading }) => heading),
    columns.map(({ isText }) => (isText ? "---" : "---:")),
    ...sorted.map((row) => columns.map(({ cell }) => cell(row))),
  ];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

interface Column {
  readonly heading: string;
  readonly isText?: true;
  cell(row: Row): string;
}

function columnsFor(rows: readonly Row[], baselines: readonly string[]): Column[] {
  const figures = [...new Set(rows.flatMap((row) => Object.keys(row.figures ?? {})))];
  return [
    { heading: "case", isText: true, cell: (row) => row.case },
    { heading: "who", isText: true, cell: ({ name, version }) => (version ? `${name} ${version}` : name) },
    { heading: "threads", cell: ({ threads }) => (threads === undefined ? "" : String(threads)) },
    { heading: "seconds", cell: ({ seconds }) => formatNumber(seconds) },
    ...baselines.map((name) => ({
      heading: `times as fast as ${name}`,
      cell: (row: Row) => formatRatio(ratio(row, baselineOf(row, rows, name))),
    })),
    { heading: "CPU seconds", cell: ({ cpu_seconds }) => formatNumber(cpu_seconds) },
    { heading: "idle MiB", cell: ({ idle_mib }) => formatNumber(idle_mib) },
    { heading: "peak MiB", cell: ({ peak_mib }) => (peak_mib === undefined ? "" : peak_mib.toFixed(0)) },
    ...figures.map((figure) => ({
      heading: figure.replaceAll("_", " "),
      cell: (row: Row) => formatNumber(row.figures?.[figure]),
    })),
  ];
}

/** The baseline on as many threads as the row, or else whichever there is. */
function baselineOf(row: Row, rows: readonly Row[], name: string): Row | undefined {
  const ofCase = rows.filter((other) => other.case === row.case && !row.name.startsWith(name));
  return findRow(ofCase, { name, ...(row.threads && { threads: row.threads }) }) ?? findRow(ofCase, { name });
}

/** Four digits, or all before the point. */
function formatNumber(value: number | undefined): string {
  if (value === undefined) return "";
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return value.toFixed(size < 10 ? (size < 1 ? 4 : 3) : size < 100 ? 2 : size < 1000 ? 1 : 0);
}

function formatRatio(value: number | undefined): string {
  return value === undefined ? "" : `${value < 10 ? value.toFixed(2) : value.toFixed(0)}x`;
}
