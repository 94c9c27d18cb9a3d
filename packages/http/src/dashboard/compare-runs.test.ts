import type { Run } from "@tamis/storage";
import { expect, it } from "vitest";
import { compareRuns, foldChart, foldMetric } from "./compare-runs.ts";

const run = (runId: string, more: Partial<Run>): Run => ({
  ...{ runId, experiment: "e", name: "n", status: "finished", snapshot: null, seed: 1, tags: {} },
  ...{ codeVersion: null, host: null, message: null, startedAt: new Date(0), endedAt: null },
  ...{ parameters: {}, metrics: {} },
  ...more,
});
const runs = [
  run("a", {
    parameters: { folds: 3, models: "svd", best_algorithm: "svd" },
    metrics: { svd_rmse: 0.9, svd_rmse_sd: 0.02, best_rmse: 0.9, svd_ndcg: 0.2 },
  }),
  run("b", {
    parameters: { folds: 3, models: "knn-basic", best_algorithm: "knn-basic" },
    metrics: { knn_basic_rmse: 0.95, best_rmse: 0.95, svd_ndcg: 0.3 },
  }),
];

it("says what differs in what was asked, and which is best in what came out", () => {
  const { different, same, metrics } = compareRuns(runs);
  expect(different.map(({ name, values }) => [name, ...values])).toEqual([
    ["best_algorithm", "svd", "knn-basic"],
    ["models", "svd", "knn-basic"],
  ]);
  expect(same).toEqual([{ name: "folds", value: "3" }]);
  expect(Object.fromEntries(metrics.map(({ name, best }) => [name, best]))).toEqual({
    best_rmse: 0,
    knn_basic_rmse: undefined,
    svd_ndcg: 1,
    svd_rmse: undefined,
    svd_rmse_sd: undefined,
  });
});

it("draws each run with its folds, those of its best algorithm where the best is asked for", () => {
  const points = [
    { runId: "a", name: "svd_fold_rmse", step: 1, value: 0.88 },
    { runId: "a", name: "svd_fold_rmse", step: 2, value: 0.92 },
    { runId: "b", name: "knn_basic_fold_rmse", step: 1, value: 0.94 },
    { runId: "b", name: "knn_basic_fold_rmse", step: 2, value: 0.96 },
  ].map((point) => ({ ...point, loggedAt: new Date(0) }));
  expect(foldMetric(runs[1]!, "best_rmse")).toBe("knn_basic_fold_rmse");
  const { finding, panels } = foldChart(runs, points, "best_rmse");
  expect(finding).toBe("Run 1 is best with 0.9000; lower is better.");
  const [mean, first, second] = panels[0]!.series;
  expect([first?.values, second?.values]).toEqual([
    [0.88, 0.94],
    [0.92, 0.96],
  ]);
  expect(mean?.high?.[0]).toBeCloseTo(0.9 + Math.SQRT2 * 0.02, 12);
});
