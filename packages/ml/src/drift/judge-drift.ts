import type { CountedColumn, CountTable, RatingFigures } from "@tamis/core";
import type { DriftBaseline } from "./baseline.ts";
import { calibratedDrift } from "./calibrated.ts";
import { mostCells } from "./column-sketch.ts";
import {
  type DriftOptions,
  detectDriftAsEvidently,
  type JudgedCheck,
  judgeChecks,
  overallVerdict,
} from "./detect-drift.ts";
import { driftBars } from "./drift-bars.ts";
import {
  type DriftCheckDocument,
  type DriftDocument,
  type DriftProfile,
  isNotable,
} from "./drift-document.ts";
import { idDrift } from "./id-drift.ts";
import { simpleDrift } from "./simple.ts";

/** All that a comparison needs, in plain values and typed arrays: it can be sent to a thread. */
export interface DriftMaterial {
  readonly profile: DriftProfile;
  readonly options: DriftOptions & { readonly threshold?: number };
  readonly baseline: DriftBaseline;
  readonly columns: readonly CountedColumn[];
  readonly figures: RatingFigures;
  /** Rows by id, for the calibrated profile. */
  readonly ids: readonly { readonly column: string; readonly table: CountTable }[];
}

/** What is found of the material: the parts of a document that are computed. */
export type DriftFindings = Pick<
  DriftDocument,
  "alpha" | "checks" | "columns" | "drifted_columns" | "missing_columns" | "new_columns" | "verdict"
>;

/** Compares as the profile says. A pure function, which takes up to some seconds. */
export function judgeDrift(material: DriftMaterial): DriftFindings {
  const { baseline, columns } = material;
  const pairs = baseline.columns.flatMap((reference) => {
    const current = columns.find(({ name }) => name === reference.name);
    return current === undefined ? [] : [{ reference, current }];
  });
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
  // The figures are of all the data: they have no columns.
  const known = material.profile === "simple" ? [] : names(baseline.columns);
  const present = names(columns);
  return {
    ...{ calibrated, evidently, simple }[material.profile](material, pairs),
    columns: pairs.map(({ reference, current }) => driftBars(reference, current)),
    missing_columns: known.filter((name) => !present.includes(name)),
    new_columns: present.filter((name) => !known.includes(name)),
  };
}

type Pairs = readonly {
  readonly reference: DriftBaseline["columns"][number];
  readonly current: CountedColumn;
}[];
type Judged = Pick<DriftFindings, "alpha" | "checks" | "drifted_columns" | "verdict">;

function calibrated({ options, ids }: DriftMaterial, pairs: Pairs): Judged {
  const { alpha = 0.05 } = options;
  const found = [
    ...pairs.flatMap(({ reference, current }) => calibratedDrift(reference, current, options)),
    ...ids.flatMap(({ column, table }) => idDrift(column, table, { permutations: 499, ...options })),
  ];
  const checks = judgeChecks(found, alpha).map((check) => calibratedDocument(check, alpha));
  const verdict = overallVerdict(checks);
  return {
    alpha,
    checks,
    drifted_columns: driftedColumns(checks),
    // On many rows every difference is shown, also one that does not matter.
    verdict: verdict === "drift" && !checks.some(isNotable) ? "no drift" : verdict,
  };
}

function calibratedDocument(check: JudgedCheck, alpha: number): DriftCheckDocument {
  const { column, method, rows, newLabels: new_labels, verdict } = check;
  const asked = verdict !== "not enough data";
  return {
    column,
    check: check.check,
    method,
    rows,
    score: finite(check.statistic),
    expected: finite(check.expected),
    p_value: finite(check.pValue),
    adjusted_p_value: finite(check.adjustedPValue),
    threshold: alpha,
    effect: finite(check.effect),
    effect_size: asked ? check.effectSize : null,
    verdict,
    new_labels: new_labels.map(({ label, rows: count }) => ({ label, rows: count })),
  };
}

function evidently({ baseline }: DriftMaterial, pairs: Pairs): Judged {
  const filled = pairs.filter(({ current }) => current.sample.size > 0);
  const sketchable = filled.filter(
    ({ current }) => current.kind === "numbers" || current.sample.counts.size <= mostCells,
  );
  if (sketchable.length === 0) {
    return { alpha: null, checks: [], drifted_columns: { count: 0, share: 0 }, verdict: "not enough data" };
  }
  const report = detectDriftAsEvidently(
    baseline,
    sketchable.map(({ current }) => current),
  );
  const checks = report.columns.map(({ column, method, score, threshold, drifted }): DriftCheckDocument => {
    const { reference, current } = sketchable.find((each) => each.reference.name === column)!;
    const rows = {
      reference: reference.counts.reduce((sum, count) => sum + count, 0),
      current: current.sample.size,
    };
    return {
      ...blank,
      column,
      method,
      rows,
      score: finite(score),
      p_value: method.endsWith("p_value") ? finite(score) : null,
      threshold,
      verdict: drifted ? "drift" : "no drift",
    };
  });
  return {
    alpha: null,
    checks,
    drifted_columns: driftedColumns(checks),
    verdict: report.datasetDrift ? "drift" : "no drift",
  };
}

function simple({ baseline, figures, options }: DriftMaterial): Judged {
  const { threshold = 10 } = options;
  const checks = Object.entries(simpleDrift(baseline.figures, figures, threshold)).map(
    ([column, change]): DriftCheckDocument => ({
      ...blank,
      column,
      check: "figure",
      method: "change in per cent",
      score: change.current,
      expected: change.baseline,
      effect: change.change_pct,
      threshold,
      verdict: change.status === "drift" ? "drift" : "no drift",
    }),
  );
  const verdict = overallVerdict(checks);
  return { alpha: null, checks, drifted_columns: driftedColumns(checks), verdict };
}

const blank: Omit<DriftCheckDocument, "column" | "method" | "threshold" | "verdict"> = {
  check: "values",
  rows: null,
  score: null,
  expected: null,
  p_value: null,
  adjusted_p_value: null,
  effect: null,
  effect_size: null,
  new_labels: [],
};

function driftedColumns(checks: readonly DriftCheckDocument[]): DriftDocument["drifted_columns"] {
  const all = new Set(checks.map(({ column }) => column));
  const drifted = new Set(checks.filter(isNotable).map(({ column }) => column));
  return { count: drifted.size, share: all.size === 0 ? 0 : drifted.size / all.size };
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
