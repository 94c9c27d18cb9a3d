import type { MetricPoint, Run } from "@tamis/storage";
import type { Chart, ChartSeries } from "../charts/chart.ts";
import { foldMetric } from "./compare-runs.ts";
import { formatNumber } from "./format.ts";

const judged = [
  {
    metric: "rmse",
    title: "RMSE",
    unit: "units of the scale",
    isBetter: (a: number, b: number) => a < b,
    says: "errs least",
  },
  {
    metric: "ndcg",
    title: "NDCG@10",
    unit: "",
    isBetter: (a: number, b: number) => a > b,
    says: "ranks best",
  },
] as const;

/**
 * The algorithms of one run side by side, by RMSE where they estimate ratings, else by NDCG: the mean, and a dot for each
 * fold where folds were logged. `undefined` when it measured fewer than two.
 */
export function algorithmChart(run: Run, points: readonly MetricPoint[]): Chart | undefined {
  for (const { metric, title, unit, isBetter, says } of judged) {
    const algorithms = String(run.parameters.models ?? "")
      .split(",")
      .map((algorithm) => ({ algorithm, name: `${algorithm.replaceAll("-", "_")}_${metric}` }))
      .filter(({ name }) => run.metrics[name] !== undefined);
    if (algorithms.length < 2) continue;
    const means = algorithms.map(({ name }) => run.metrics[name] ?? Number.NaN);
    const best = means.reduce((place, mean, index) => (isBetter(mean, means[place]!) ? index : place), 0);
    const folds = algorithms.map(({ name }) =>
      points.filter((point) => point.name === foldMetric(run, name)).map(({ value }) => value),
    );
    const count = Math.max(...folds.map(({ length }) => length));
    return {
      title: `${title} by algorithm`,
      finding: `${algorithms[best]?.algorithm} ${says}: ${formatNumber(means[best], 4)}.`,
      sample: { count: Number(run.parameters.ratings ?? 0), of: `ratings, ${run.parameters.folds} folds` },
      x: { title: "Algorithm", kind: "category", values: algorithms.map(({ algorithm }) => algorithm) },
      panels: [
        {
          title,
          unit,
          decimals: 4,
          series: [
            { name: "Mean", kind: "points", values: means },
            ...Array.from(
              { length: count },
              (_, fold): ChartSeries => ({
                name: `Fold ${fold + 1}`,
                kind: "points",
                values: folds.map((values) => values[fold] ?? null),
              }),
            ),
          ],
        },
      ],
    };
  }
  return undefined;
}
