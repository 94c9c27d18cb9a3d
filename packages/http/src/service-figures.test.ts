import { expect, it } from "vitest";
import { createMetrics } from "./metrics.ts";
import { histogramQuantile, serviceFigures } from "./service-figures.ts";

it("finds quantiles as Prometheus does", () => {
  const buckets = [
    { bound: 1, count: 10 },
    { bound: 2, count: 30 },
    { bound: 4, count: 40 },
    { bound: Number.POSITIVE_INFINITY, count: 50 },
  ];
  expect(histogramQuantile(0.1, buckets)).toBe(0.5);
  expect(histogramQuantile(0.2, buckets)).toBe(1);
  expect(histogramQuantile(0.5, buckets)).toBe(1.75);
  expect(histogramQuantile(0.8, buckets)).toBe(4);
  expect(histogramQuantile(0.99, buckets)).toBe(4);
  expect(histogramQuantile(0.5, [])).toBeNull();
});

it("counts requests by how they ended, over all routes", async () => {
  const metrics = createMetrics();
  expect(await serviceFigures(metrics)).toEqual({
    requests: 0,
    refused: 0,
    failed: 0,
    latency: { p50: null, p95: null, p99: null },
  });
  for (const [endpoint, status, seconds] of [
    ["/a", 200, 0.0005],
    ["/a", 404, 0.0005],
    ["/b", 500, 0.02],
    ["/b", 200, 0.0005],
  ] as const) {
    metrics.requests.inc({ method: "GET", endpoint, status });
    metrics.durations.observe({ method: "GET", endpoint }, seconds);
  }
  const figures = await serviceFigures(metrics);
  expect(figures).toMatchObject({ requests: 4, refused: 1, failed: 1 });
  expect(figures.latency.p50).toBeCloseTo((2 / 3) * 1, 3);
  expect(figures.latency.p99).toBeGreaterThan(10);
});
