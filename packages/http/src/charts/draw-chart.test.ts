import { describe, expect, it } from "vitest";
import type { Chart } from "./chart.ts";
import { chartCsv, chartTable } from "./chart-table.ts";
import { describeChart, describePoint } from "./describe-chart.ts";
import { drawChart } from "./draw-chart.ts";
import { fileSvg } from "./page-svg.ts";

const folds: Chart = {
  title: "RMSE <by> fold",
  finding: "svd errs least.",
  sample: { count: 2, of: "folds" },
  x: { title: "Algorithm", kind: "category", values: ["svd", "knn, basic"] },
  panels: [
    {
      title: "RMSE",
      unit: "stars",
      decimals: 3,
      limits: [{ name: "champion", value: 0.9 }],
      series: [
        { name: "Fold 1", kind: "points", values: [0.91, null] },
        { name: "Mean", kind: "points", values: [0.9, 1], low: [0.8, 0.95], high: [1, 1.05] },
      ],
    },
    {
      title: "Seconds",
      unit: "s",
      series: [
        { name: "Fit", kind: "bar", values: [1.5, 3] },
        { name: "Test", kind: "bar", values: [0.5, 1] },
        { name: "Sum", kind: "line", values: [2, 4], low: [1, 3], high: [3, 5] },
      ],
    },
  ],
};
const size = { width: 400, height: 300 };

describe("drawChart", () => {
  it("gives the same bytes for the same chart, however often it has drawn", async () => {
    const first = await drawChart(folds, size, "once");
    await drawChart({ ...folds, title: "Another" }, size, "other");
    const again = await drawChart({ ...folds, finding: "Not drawn, but another content." }, size, "once");
    expect(again).toBe(first);
  });

  it("keeps to the policy of the pages, and every id behind its own", async () => {
    const svg = await drawChart(folds, size, "figure-1");
    expect(svg).not.toMatch(/ style=|<style|<script|javascript:/);
    const ids = [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id ?? "");
    expect(ids.length).toBeGreaterThan(3);
    expect(ids.filter((id) => !id.startsWith("figure-1-"))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    const used = [...svg.matchAll(/url\(#([^)]+)\)/g)].map(([, id]) => id ?? "");
    expect(used.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it("says what it shows, and takes its colours from the page", async () => {
    const svg = await drawChart(folds, size, "a");
    expect(svg).toContain('role="img" aria-labelledby="a-title a-desc"');
    expect(svg).toContain("RMSE &lt;by&gt; fold");
    expect(svg).toContain(describeChart(folds));
    expect(svg).toMatch(/="var\(--series-1, #2f8f7d\)"/);
    expect(svg.match(/="#[0-9a-f]{6}"/g) ?? []).toEqual([]);
  });

  it("is a file with plain colours where there is no page", async () => {
    const file = fileSvg(await drawChart(folds, size, "a"));
    expect(file).not.toContain("var(");
    expect(file).toContain('fill="#ffffff"');
  });
});

it("goes on drawing after a chart that cannot be drawn", async () => {
  const broken = { ...folds, panels: [{ ...folds.panels[0]!, series: null as never }] };
  await expect(drawChart(broken, size, "broken")).rejects.toThrow(/^The chart cannot be drawn: /);
  expect(await drawChart(folds, size, "whole")).toMatch(/^<svg /);
});

it("reads out the ends of each series, and one x at a time", () => {
  expect(describeChart(folds)).toMatch(
    /^2 values of algorithm, from svd to knn, basic\. Fold 1: 0\.910 stars\. Mean: lowest 0\.900 stars at svd, /,
  );
  expect(describePoint(folds, 1)).toBe(
    "Algorithm knn, basic: Fold 1 none, Mean 1.000 stars, Fit 3 s, Test 1 s, Sum 4 s.",
  );
});

it("is a table, and a CSV of full precision", () => {
  expect(chartTable(folds).rows[0]).toEqual(["svd", 0.91, 0.9, 0.8, 1, 1.5, 0.5, 2, 1, 3]);
  const [header, , second] = chartCsv(folds).split("\r\n");
  expect(header).toMatch(
    /^Algorithm,RMSE: Fold 1 \(stars\),RMSE: Mean \(stars\),"RMSE: Mean, low \(stars\)",/,
  );
  expect(second).toBe('"knn, basic",,1,0.95,1.05,3,1,4,3,5');
  const time = { ...folds, x: { title: "Day", kind: "time", values: [0, 86_400_000] } } as const;
  expect(chartTable(time).rows[1]?.[0]).toBe("1970-01-02T00:00:00.000Z");
});
