import { describe, expect, it } from "vitest";
import { createRandom } from "./random.ts";
import { weightedScore } from "./score.ts";

const weights = { cpu: 0.3, memory: 0.2, disk: 0.25, network: 0.15, gpu: 0.1 };
const invalid = expect.objectContaining({ code: "invalid_input" });

describe("weightedScore", () => {
  it("gives 100 for 100s, 56.5 for 80, 60, 50, 40, 20, and its weights sum to 1 (B-09)", () => {
    const best = weightedScore(weights, { cpu: 100, memory: 100, disk: 100, network: 100, gpu: 100 });
    expect(best.score).toBe(100);
    const { score, parts, missing } = weightedScore(weights, {
      cpu: 80,
      memory: 60,
      disk: 50,
      network: 40,
      gpu: 20,
    });
    expect(score).toBeCloseTo(56.5, 12);
    expect(parts.map((part) => part.contribution)).toEqual(
      [24, 12, 12.5, 6, 2].map((x) => expect.closeTo(x, 12)),
    );
    expect(parts.reduce((sum, part) => sum + part.effectiveWeight, 0)).toBeCloseTo(1, 15);
    expect(missing).toEqual([]);
  });

  it("divides by the weights that are there: (24 + 12 + 12.5) / 0.75 = 64.67, and says which (B-10)", () => {
    const partial = weightedScore(weights, { cpu: 80, memory: 60, disk: 50, gpu: null });
    expect(partial.score).toBeCloseTo(48.5 / 0.75, 12);
    expect(partial.used).toEqual(["cpu", "memory", "disk"]);
    expect(partial.missing).toEqual(["network", "gpu"]);
    expect(partial.parts[0]).toEqual({
      name: "cpu",
      value: 80,
      weight: 0.3,
      effectiveWeight: expect.closeTo(0.4, 15),
      contribution: expect.closeTo(32, 12),
    });
    expect(partial.parts[4]).toEqual({
      name: "gpu",
      value: null,
      weight: 0.1,
      effectiveWeight: 0,
      contribution: 0,
    });
  });

  it("has no score without a required part, and still shows the rest (B-10)", () => {
    const headless = weightedScore(weights, { memory: 60, disk: 50 }, { required: ["cpu"] });
    expect(headless.score).toBeNull();
    expect(headless.used).toEqual(["memory", "disk"]);
    expect(weightedScore(weights, { cpu: 0 }, { required: ["cpu"] }).score).toBe(0);
  });

  it("has no score without any part, or with parts of weight 0 only", () => {
    expect(weightedScore(weights, {})).toMatchObject({ score: null, used: [] });
    expect(weightedScore({ a: 1, b: 0 }, { b: 50 })).toMatchObject({
      score: null,
      used: ["b"],
      missing: ["a"],
    });
  });

  it("refuses NaN, infinite and out-of-scale values, naming the part (B-11)", () => {
    for (const cpu of [Number.NaN, -1, 101, Number.POSITIVE_INFINITY, -0.0001])
      expect(() => weightedScore(weights, { cpu })).toThrow(invalid);
    expect(() => weightedScore(weights, { cpu: 101 })).toThrow(
      "“cpu” is 101; it must be a number from 0 to 100",
    );
  });

  it("takes a declared scale", () => {
    expect(weightedScore({ a: 1, b: 3 }, { a: -1, b: 1 }, { scale: { min: -1, max: 1 } }).score).toBe(0.5);
    expect(() => weightedScore({ a: 1 }, { a: 1.1 }, { scale: { min: -1, max: 1 } })).toThrow(invalid);
  });

  it("refuses bad weights and parts without one", () => {
    for (const weight of [Number.NaN, -0.1, Number.POSITIVE_INFINITY])
      expect(() => weightedScore({ a: weight, b: 1 }, { b: 1 })).toThrow(/weight of “a”/);
    expect(() => weightedScore({ a: 0, b: 0 }, { a: 1 })).toThrow(/Every weight is 0/);
    const values: Record<string, number> = { a: 1, c: 2 };
    expect(() => weightedScore<string>({ a: 1 }, values)).toThrow("“c” has no weight; weights are for: a.");
    expect(() => weightedScore<string>({ a: 1 }, { a: 1 }, { required: ["cpu"] })).toThrow(
      "“cpu” has no weight",
    );
  });

  it("does not change with the unit of the weights, lies between its parts and is the sum it shows", () => {
    const random = createRandom(12);
    for (let i = 0; i < 2000; i++) {
      const names = Array.from({ length: 1 + random.integer(6) }, (_, part) => `p${part}`);
      const given = Object.fromEntries(names.map((name) => [name, random.uniform() + 0.01]));
      const values = Object.fromEntries(
        names.map((name) => [name, random.integer(3) ? random.integer(11) * 10 : null]),
      );
      const { score, parts, used } = weightedScore<string>(given, values);
      const present = used.map((name) => values[name]!);
      if (score === null) {
        expect(present).toEqual([]);
        continue;
      }
      const thrice = Object.fromEntries(names.map((name) => [name, given[name]! * 3]));
      expect(weightedScore<string>(thrice, values).score).toBeCloseTo(score, 10);
      expect(score).toBeGreaterThan(Math.min(...present) - 1e-9);
      expect(score).toBeLessThan(Math.max(...present) + 1e-9);
      expect(score).toBeLessThanOrEqual(100);
      expect(parts.reduce((sum, part) => sum + part.contribution, 0)).toBeCloseTo(score, 10);
    }
  });
});
