import { createRandom } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { judgeList, type ListMetric, listMetrics } from "./ranking.ts";

const { precision, recall, truncatedRecall, map, truncatedMap, mrr, ndcg, hitRate } = listMetrics;

describe("by hand: hits at places 2 and 3 of 5, four relevant, one of them in no list", () => {
  const list = judgeList(["a", "b", "c", "d", "e"], new Set(["b", "c", "x", "y"]));
  const discount = (place: number) => 1 / Math.log2(place + 1);
  it.each<[string, ListMetric, number, number]>([
    ["precision", precision, 5, 2 / 5],
    ["precision", precision, 2, 1 / 2],
    ["precision of a list shorter than k", precision, 10, 2 / 10],
    ["recall", recall, 5, 2 / 4],
    ["truncated recall", truncatedRecall, 2, 1 / 2],
    ["truncated recall", truncatedRecall, 5, 2 / 4],
    ["MAP over all relevant", map, 5, (1 / 2 + 2 / 3) / 4],
    ["MAP over all relevant", map, 2, 1 / 2 / 4],
    ["truncated MAP", truncatedMap, 2, 1 / 2 / 2],
    ["truncated MAP", truncatedMap, 5, (1 / 2 + 2 / 3) / 4],
    ["reciprocal rank", mrr, 1, 1 / 2],
    ["NDCG", ndcg, 5, (discount(2) + discount(3)) / (discount(1) + discount(2) + discount(3) + discount(4))],
    ["NDCG", ndcg, 2, discount(2) / (discount(1) + discount(2))],
    ["hit rate", hitRate, 1, 0],
    ["hit rate", hitRate, 2, 1],
  ])("%s (%o) at %i is %d", (_, metric, k, expected) => {
    expect(metric(list, k)).toBeCloseTo(expected, 15);
  });
});

it("a perfect list is 1 by every metric that can be, a list without hits 0", () => {
  const perfect = judgeList([1, 2, 3], new Set([1, 2, 3]));
  for (const metric of Object.values(listMetrics)) expect(metric(perfect, 3)).toBeCloseTo(1, 15);
  const useless = judgeList([1, 2, 3], new Set([4]));
  for (const metric of Object.values(listMetrics)) expect(metric(useless, 3)).toBe(0);
  expect(mrr(judgeList([1, 2, 3], new Set([4]), 10), 3)).toBe(0.1);
});

it("has no answer when nothing is relevant", () => {
  expect(() => judgeList([1], new Set())).toThrow(expect.objectContaining({ code: "analysis" }));
});

it("agrees with the textbook, and keeps its bounds, on 300 random lists", () => {
  const random = createRandom(9);
  for (let times = 0; times < 300; times++) {
    const list = random.shuffle(Array.from({ length: 1 + random.integer(12) }, (_, item) => item));
    const relevant = new Set([random.integer(15), ...list.filter(() => random.uniform() < 0.3)]);
    const k = 1 + random.integer(14);
    const judged = judgeList(list, relevant);
    const top = list.slice(0, k);
    const hits = top.filter((item) => relevant.has(item)).length;
    const precisions = top.map((item, n) =>
      relevant.has(item) ? top.slice(0, n + 1).filter((other) => relevant.has(other)).length / (n + 1) : 0,
    );
    const sum = precisions.reduce((total, value) => total + value, 0);
    expect(precision(judged, k)).toBeCloseTo(hits / k, 14);
    expect(recall(judged, k)).toBeCloseTo(hits / relevant.size, 14);
    expect(map(judged, k)).toBeCloseTo(sum / relevant.size, 14);
    expect(truncatedMap(judged, k)).toBeCloseTo(sum / Math.min(k, relevant.size), 14);
    for (const metric of Object.values(listMetrics)) {
      expect(metric(judged, k)).toBeGreaterThanOrEqual(0);
      expect(metric(judged, k)).toBeLessThanOrEqual(1 + 1e-12);
    }
  }
});
