import type { MetricPoint, Run } from "@tamis/storage";
import type { Chart, ChartSeries } from "../charts/chart.ts";
import { formatNumber } from "./format.ts";
import { metricLabel } from "./metric-label.ts";

/** One line of a comparison: what each run has, in their order. */
interface ComparedLine<T> {
  readonly name: string;
  readonly values: readonly (T | undefined)[];
}

interface ComparedMetric extends ComparedLine<number> {
  /** Which of them is best: the lowest error or time, the highest of everything else; none where there is one value. */
  readonly best: number | undefined;
}

export interface Comparison {
  readonly runs: readonly Run[];
  /** Parameters that are not the same in all runs. */
  readonly different: readonly ComparedLine<string>[];
  readonly same: readonly { readonly name: string; readonly value: string }[];
  readonly metrics: readonly ComparedMetric[];
}

/** Sets runs side by side. */
export function compareRuns(runs: readonly Run[]): Comparison {
  const settings = runs.map((run) => ({
    ...run.parameters,
    ...(run.snapshot === null ? {} : { snapshot: run.snapshot.slice(0, 12) }),
    ...(run.codeVersion === null ? {} : { "code version": run.codeVersion }),
  }));
  const lines = namesOf(settings).map((name) => ({
    name,
    values: settings.map((each) => textOf((each as Record<string, unknown>)[name])),
  }));
  const isSame = ({ values }: ComparedLine<string>) => new Set(values).size === 1;
  return {
    runs,
    different: lines.filter((line) => !isSame(line)),
    same: lines.filter(isSame).map(({ name, values }) => ({ name, value: values[0] ?? "" })),
    metrics: namesOf(runs.map(({ metrics }) => metrics))
      .filter(isSummary)
      .map((name) => {
        const values = runs.map(({ metrics }) => metrics[name]);
        return { name, values, best: bestOf(name, values) };
      }),
  };
}

/** Whether a metric tells of a whole run, not of one fold. */
export function isSummary(metric: string): boolean {
  return !metric.includes("_fold_");
}

/** Whether less of a metric is better. */
function isError(metric: string): boolean {
  return /(^|_)(rmse|mae|mse|seconds|time|ms|gini)(_|$)/.test(metric);
}

/**
 * A metric of several runs, as a dot for each fold where the run has them, and its mean with one standard deviation to
 * both sides.
 */
export function foldChart(runs: readonly Run[], points: readonly MetricPoint[], metric: string): Chart {
  const stepped = runs.map((run) => {
    const name = foldMetric(run, metric);
    return points
      .filter((point) => point.runId === run.runId && point.name === name)
      .map(({ value }) => value);
  });
  const folds = Math.max(0, ...stepped.map(({ length }) => length));
  const means = runs.map((run, index) => run.metrics[metric] ?? meanOf(stepped[index] ?? []));
  const spreads = runs.map((run, index) => run.metrics[`${metric}_sd`] ?? deviationOf(stepped[index] ?? []));
  const hasSpread = spreads.some((spread) => spread !== null);
  const around = (sign: 1 | -1) =>
    means.map((mean, index) => (mean === null ? null : mean + sign * (spreads[index] ?? 0)));
  const mean: ChartSeries = {
    name: hasSpread ? "Mean ± standard deviation" : "Mean",
    kind: "points",
    values: means,
    ...(hasSpread ? { low: around(-1), high: around(1) } : {}),
  };
  const best = bestOf(
    metric,
    means.map((value) => value ?? undefined),
  );
  const label = (index: number) => `${index + 1}`;
  return {
    title: `${metricLabel(metric)} by run`,
    finding:
      best === undefined
        ? `Only one of these runs has ${metricLabel(metric)}.`
        : `Run ${label(best)} is best with ${formatNumber(means[best], 4)}; ${isError(metric) ? "lower" : "higher"} is better.`,
    sample: folds > 0 ? { count: folds * runs.length, of: "folds" } : { count: runs.length, of: "runs" },
    x: { title: "Run", kind: "category", values: runs.map((_, index) => label(index)) },
    panels: [
      {
        title: metricLabel(metric),
        unit: "",
        decimals: 4,
        series: [
          mean,
          ...Array.from(
            { length: folds },
            (_, fold): ChartSeries => ({
              name: `Fold ${fold + 1}`,
              kind: "points",
              values: stepped.map((values) => values[fold] ?? null),
            }),
          ),
        ],
      },
    ],
  };
}

/**
 * The metric that has the folds of another: of `svd_rmse` it is `svd_fold_rmse`, and of `best_rmse` that of the best
 * algorithm. Its steps are the folds.
 */
export function foldMetric({ parameters }: Pick<Run, "parameters">, metric: string): string {
  const [, prefix = "", quality = metric] =
    /^(.+)_(rmse|mae|fcp|ndcg|recall|catalogue_coverage)$/.exec(metric) ?? [];
  const best = parameters[quality === "ndcg" ? "ranker_algorithm" : "best_algorithm"];
  const algorithm = prefix === "best" ? String(best ?? prefix).replaceAll("-", "_") : prefix;
  return `${algorithm}_fold_${quality}`;
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of a sample. */
function deviationOf(values: readonly number[]): number | null {
  const mean = meanOf(values);
  if (mean === null || values.length < 2) return null;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

function bestOf(metric: string, values: readonly (number | undefined)[]): number | undefined {
  const known = values.flatMap((value, index) => (value === undefined ? [] : [{ value, index }]));
  // A spread or a p-value belongs to another figure; none is better.
  if (/_(sd|p_value)$/.test(metric) || known.length < 2) return undefined;
  const sign = isError(metric) ? 1 : -1;
  return known.reduce((best, each) => (sign * each.value < sign * best.value ? each : best)).index;
}

function namesOf(records: readonly Readonly<Record<string, unknown>>[]): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record)))].sort();
}

function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}
