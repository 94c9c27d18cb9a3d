import { expect, it } from "vitest";
import { createMetrics } from "../metrics.ts";
import { quantile, readServiceFigures } from "./service-figures.ts";

it("finds a percentile inside its bucket, as Prometheus does", () => {
  const buckets = [
    { upTo: 0.1, count: 60 },
    { upTo: 0.2, count: 100 },
    { upTo: Number.POSITIVE_INFINITY, count: 100 },
  ];
  expect(quantile(buckets, 0.5)).toBeCloseTo(0.1 * (50 / 60), 12);
  expect(quantile(buckets, 0.95)).toBeCloseTo(0.1 + 0.1 * (35 / 40), 12);
  expect(quantile([], 0.5)).toBeNull();
  expect(
    quantile(
      [
        { upTo: 1, count: 0 },
        { upTo: Number.POSITIVE_INFINITY, count: 4 },
      ],
      0.5,
    ),
  ).toBe(1);
});

it("counts requests and errors by route, the busiest first", async () => {
  const metrics = createMetrics();
  metrics.requests.inc({ method: "GET", endpoint: "/stats", status: 200 }, 3);
  metrics.requests.inc({ method: "GET", endpoint: "/stats", status: 503 });
  metrics.requests.inc({ method: "POST", endpoint: "/predict/", status: 200 }, 9);
  metrics.durations.observe({ method: "GET", endpoint: "/stats" }, 0.004);
  const { requests, errors, routes } = await readServiceFigures(metrics);
  expect({ requests, errors }).toEqual({ requests: 13, errors: 1 });
  expect(routes.map(({ endpoint, requests, errors }) => [endpoint, requests, errors])).toEqual([
    ["/predict/", 9, 0],
    ["/stats", 4, 1],
  ]);
  expect(routes[1]?.p95).toBeGreaterThan(0.0025);
  expect(routes[0]?.p95).toBeNull();
});
