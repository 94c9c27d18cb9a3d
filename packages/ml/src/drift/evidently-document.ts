import type { DriftDocument } from "./drift-document.ts";

/**
 * A report in the shape of Evidently's JSON (`metrics` of id, name, config and value; `tests`), for dashboards that read
 * it: one metric for the drifted columns, one for each column. Values are p-values or distances, by the method.
 *
 * @source Evidently 0.7, `Snapshot.json()`
 */
export function evidentlyDocument({ checks, drifted_columns }: DriftDocument) {
  const columns = checks.filter(({ check }) => check === "values");
  const drift_share = 0.5;
  const drifted = {
    id: "drifted-columns",
    metric_name: `DriftedColumnsCount(drift_share=${drift_share})`,
    config: { type: "evidently:metric_v2:DriftedColumnsCount", drift_share },
    value: drifted_columns,
  };
  const metrics = columns.map(({ column, method, threshold, score, adjusted_p_value }) => ({
    id: `value-drift-${column}`,
    metric_name: `ValueDrift(column=${column},method=${method},threshold=${threshold})`,
    config: { type: "evidently:metric_v2:ValueDrift", column, method, threshold },
    value: adjusted_p_value ?? score,
  }));
  const tests = columns.map(({ column, method, threshold, score, adjusted_p_value, verdict }) => ({
    id: `value-drift-${column}`,
    name: `Value Drift for column ${column}`,
    description: `Drift score of ${column} is ${adjusted_p_value ?? score} (${method}, threshold ${threshold}): ${verdict}`,
    status: { drift: "FAIL", "no drift": "SUCCESS", "not enough data": "SKIPPED" }[verdict],
  }));
  return { metrics: [drifted, ...metrics], tests };
}
