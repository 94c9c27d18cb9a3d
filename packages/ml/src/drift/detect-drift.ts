import { benjaminiHochberg, type CountedColumn, TamisError } from "@tamis/core";
import type { DriftBaseline } from "./baseline.ts";
import { type CalibratedOptions, calibratedDrift, type DriftCheck } from "./calibrated.ts";
import { type DriftColumn, sketchColumn } from "./column-sketch.ts";
import { type EvidentlyVerdict, evidentlyDrift } from "./evidently.ts";

/** "not enough data" is an answer of its own: neither drift nor its absence was shown. */
export type DriftVerdict = "drift" | "no drift" | "not enough data";

/** A {@link DriftCheck} and what follows from it, beside all others of the report. */
export interface JudgedCheck extends DriftCheck {
  /** The p-value after {@link benjaminiHochberg} over all checks of the report. */
  readonly adjustedPValue: number;
  readonly verdict: DriftVerdict;
}

export interface DriftReport {
  readonly profile: "calibrated";
  /** Digest of the baseline. */
  readonly baseline: string;
  readonly checks: readonly JudgedCheck[];
  /** Columns of the baseline that the current data do not have, and the other way round. */
  readonly missingColumns: readonly string[];
  readonly newColumns: readonly string[];
  /** "drift" as soon as one check says so; "not enough data" when none could be asked. */
  readonly verdict: DriftVerdict;
}

export interface EvidentlyReport {
  readonly profile: "evidently";
  readonly baseline: string;
  readonly columns: readonly EvidentlyVerdict[];
  readonly driftedShare: number;
  /** Whether half of the columns or more have drifted. */
  readonly datasetDrift: boolean;
}

export interface DriftOptions extends CalibratedOptions {
  /** The share of reports on unchanged data that say "drift". @default 0.05 */
  readonly alpha?: number;
}

/**
 * Compares data with a baseline, column by column. Where nothing has changed a report says "drift" in `alpha` of the
 * cases, however many columns and rows there are.
 *
 * A difference that is real may still be too small to matter: `effectSize` says so, and an alert should ask for more
 * than "negligible".
 *
 * @throws invalid_input when no column of the baseline is among the current ones
 *
 * @example
 * const baseline = await driftBaseline([{ name: "rating", kind: "numbers", values: lastMonth }]);
 * const { verdict, checks } = detectDrift(baseline, [{ name: "rating", kind: "numbers", values: today }]);
 */
export function detectDrift(
  baseline: DriftBaseline,
  current: readonly (DriftColumn | CountedColumn)[],
  { alpha = 0.05, ...options }: DriftOptions = {},
): DriftReport {
  const pairs = pairColumns(baseline, current);
  const checks = pairs.flatMap(({ reference, column }) => calibratedDrift(reference, column, options));
  const judged = judgeChecks(checks, alpha);
  const known = new Set(baseline.columns.map(({ name }) => name));
  const present = new Set(current.map(({ name }) => name));
  return {
    profile: "calibrated",
    baseline: baseline.digest,
    checks: judged,
    missingColumns: [...known].filter((name) => !present.has(name)),
    newColumns: [...present].filter((name) => !known.has(name)),
    verdict: overallVerdict(judged),
  };
}

/** What follows from checks that are made together: p-values adjusted for their number, a verdict each. */
export function judgeChecks(checks: readonly DriftCheck[], alpha: number): JudgedCheck[] {
  const adjusted = benjaminiHochberg(checks.map(({ pValue }) => pValue));
  return checks.map((check, n): JudgedCheck => {
    const adjustedPValue = adjusted[n] ?? Number.NaN;
    const asked = !Number.isNaN(adjustedPValue);
    const verdict = asked ? (adjustedPValue <= alpha ? "drift" : "no drift") : "not enough data";
    return { ...check, adjustedPValue, verdict };
  });
}

/**
 * The same comparison as Evidently's preset for drift makes it: see {@link evidentlyDrift}.
 *
 * @throws invalid_input when no column of the baseline is among the current ones, or one of these has no value
 */
export function detectDriftAsEvidently(
  baseline: DriftBaseline,
  current: readonly (DriftColumn | CountedColumn)[],
): EvidentlyReport {
  const columns = pairColumns(baseline, current).map(({ reference, column }) => {
    const sketch = sketchColumn(column);
    if (sketch.counts.length === 0) {
      throw new TamisError("invalid_input", `The column “${column.name}” has no value to compare.`);
    }
    return evidentlyDrift(reference, sketch);
  });
  const driftedShare = columns.filter(({ drifted }) => drifted).length / columns.length;
  return {
    profile: "evidently",
    baseline: baseline.digest,
    columns,
    driftedShare,
    datasetDrift: driftedShare >= 0.5,
  };
}

function pairColumns(baseline: DriftBaseline, current: readonly (DriftColumn | CountedColumn)[]) {
  const pairs = baseline.columns.flatMap((reference) => {
    const column = current.find(({ name }) => name === reference.name);
    return column ? [{ reference, column }] : [];
  });
  if (pairs.length === 0) {
    const names = baseline.columns.map(({ name }) => `“${name}”`).join(", ");
    throw new TamisError("invalid_input", `The data have no column of the baseline, which holds ${names}.`);
  }
  return pairs;
}

/** "drift" as soon as one check says so; "not enough data" when none could be asked. */
export function overallVerdict(checks: readonly { readonly verdict: DriftVerdict }[]): DriftVerdict {
  if (checks.some(({ verdict }) => verdict === "drift")) return "drift";
  return checks.some(({ verdict }) => verdict === "no drift") ? "no drift" : "not enough data";
}
