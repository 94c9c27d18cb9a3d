import { expect, it } from "vitest";
import { chartTable } from "../charts/chart-table.ts";
import { ratingChart } from "./rating-chart.ts";

it("says the finding with its sample size", () => {
  const chart = ratingChart([
    { rating: -1, count: 250 },
    { rating: 4.5, count: 750 },
  ]);
  expect(chart.finding).toBe("The most frequent rating is 4.5: 75.0 % of 1,000 ratings.");
  expect(chart.sample).toEqual({ count: 1000, of: "ratings" });
  expect(chartTable(chart).rows).toEqual([
    ["−1", 250],
    ["4.5", 750],
  ]);
});

it("gathers a continuous scale in twenty bins without losing a rating", () => {
  const counts = Array.from({ length: 201 }, (_, index) => ({ rating: -10 + index / 10, count: 3 }));
  const { rows } = chartTable(ratingChart(counts));
  expect(rows).toHaveLength(20);
  expect(rows.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(603);
});
