import type { DataName } from "./data/fold.ts";

/** One table of the report: a subject, and who is measured on it. */
export interface Suite {
  readonly title: string;
  /** What is measured and how, in Markdown. */
  readonly about: string;
  /** The data set without which nothing can be measured; the other suites generate what is not there. */
  readonly needs?: DataName;
  /** Whom the others of the same case are compared with, by the beginning of their names: a column of ratios each. */
  readonly baselines?: readonly string[];
  readonly runs: readonly Run[];
  readonly targets?: readonly Target[];
}

/** Something of ours that is measured, in a process of its own. */
export interface Run {
  /** What is done, and on what: rows of one case can be compared. */
  readonly case: string;
  readonly name: string;
  readonly threads?: number;
  /** Memory is that of the process it runs in, unless the measurement has it. */
  measure(): Promise<Measurement>;
}

export interface Measurement {
  readonly seconds?: number;
  readonly cpu_seconds?: number;
  /** What the process held before it loaded the data: node, our modules and, but in a program, the TypeScript loader. */
  readonly idle_mib?: number;
  /** The most memory that the process held, data included. */
  readonly peak_mib?: number;
  /** Whatever else is to be shown: `rmse`, `ndcg`… */
  readonly figures?: Readonly<Record<string, number>>;
}

/** A row of a table, ours or a peer's, as the result files have it. */
export interface Row extends Measurement {
  readonly case: string;
  readonly name: string;
  readonly version?: string;
  readonly threads?: number;
  /** When (ISO 8601), of which commit, and the load average of the minute before. */
  readonly date?: string;
  readonly commit?: string;
  readonly load?: number;
}

interface Target {
  readonly says: string;
  /** `undefined` when a row that it needs was not measured. */
  reached(rows: readonly Row[]): boolean | undefined;
}

/** The first row whose name and case begin so. */
export function findRow(
  rows: readonly Row[],
  wanted: { name: string; case?: string; threads?: number },
): Row | undefined {
  return rows.find(
    (row) =>
      row.name.startsWith(wanted.name) &&
      row.case.startsWith(wanted.case ?? "") &&
      (wanted.threads === undefined || row.threads === wanted.threads),
  );
}

/** How many times as fast as `base` a row is. */
export function ratio(row: Row | undefined, base: Row | undefined): number | undefined {
  return row?.seconds === undefined || base?.seconds === undefined ? undefined : base.seconds / row.seconds;
}

/** `undefined` for what was not measured. */
export function atLeast(value: number | undefined, bound: number): boolean | undefined {
  return value === undefined ? undefined : value >= bound;
}

export function atMost(value: number | undefined, bound: number): boolean | undefined {
  return value === undefined ? undefined : value <= bound;
}
