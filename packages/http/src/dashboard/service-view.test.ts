import { expect, it } from "vitest";
import { createMetrics } from "../metrics.ts";
import { readService } from "./service-view.ts";

it("counts requests and errors by route, the busiest first", async () => {
  const metrics = createMetrics();
  metrics.requests.inc({ method: "GET", endpoint: "/stats", status: 200 }, 3);
  metrics.requests.inc({ method: "GET", endpoint: "/stats", status: 503 });
  metrics.requests.inc({ method: "POST", endpoint: "/predict/", status: 200 }, 9);
  metrics.durations.observe({ method: "GET", endpoint: "/stats" }, 0.004);
  const { requests, failed, routes } = await readService(metrics);
  expect({ requests, failed }).toEqual({ requests: 13, failed: 1 });
  expect(routes.map(({ endpoint, requests, failed }) => [endpoint, requests, failed])).toEqual([
    ["/predict/", 9, 0],
    ["/stats", 4, 1],
  ]);
  expect(routes[1]?.latency.p95).toBeGreaterThan(2.5);
  expect(routes[0]?.latency.p95).toBeNull();
});
