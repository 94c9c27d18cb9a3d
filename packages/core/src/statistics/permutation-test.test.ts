import { describe, expect, it } from "vitest";
import { createRandom } from "../random.ts";
import { andersonDarling } from "./anderson-darling.ts";
import { benjaminiHochberg } from "./benjamini-hochberg.ts";
import { chiSquareHomogeneity, cramersV, unbiasedCramersV } from "./chi-square.ts";
import type { CountTable } from "./count-table.ts";
import { hypergeometric } from "./hypergeometric.ts";
import { permutationTest } from "./permutation-test.ts";

describe("hypergeometric", () => {
  it.each([
    [7, 12, 5],
    [40, 3, 20],
    [5000, 90_000, 30_000],
  ])("has the mean and the variance of %i marked, %i others", (marked, others, draws) => {
    const random = createRandom(1);
    const values = Array.from({ length: 4000 }, () => hypergeometric(random, marked, others, draws));
    const all = marked + others;
    const mean = (draws * marked) / all;
    const variance = (mean * (others / all) * (all - draws)) / (all - 1);
    const found = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(found - mean)).toBeLessThan(4 * Math.sqrt(variance / 4000));
    expect(spread / variance).toBeGreaterThan(0.9);
    expect(spread / variance).toBeLessThan(1.1);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(Math.max(0, draws - others));
    expect(Math.max(...values)).toBeLessThanOrEqual(Math.min(draws, marked));
  });

  it("is certain where there is no choice", () => {
    const random = createRandom(1);
    expect(hypergeometric(random, 5, 0, 3)).toBe(3);
    expect(hypergeometric(random, 0, 5, 3)).toBe(0);
    expect(hypergeometric(random, 4, 3, 7)).toBe(4);
  });
});

describe("permutationTest", () => {
  const stars = [0.06, 0.11, 0.27, 0.34, 0.22];
  it.each([
    [50, 50],
    [200, 1000],
  ])("calls a difference at 5 %% in one of twenty pairs of %i and %i equal samples", (n, m) => {
    const random = createRandom(7);
    let [ordered, unordered] = [0, 0];
    for (let trial = 0; trial < 200; trial++) {
      const table = { reference: drawStars(random, n), current: drawStars(random, m) };
      const options = { permutations: 99, seed: trial };
      if (permutationTest(table, andersonDarling, options).pValue <= 0.05) ordered++;
      if (permutationTest(table, (dealt) => chiSquareHomogeneity(dealt).statistic, options).pValue <= 0.05)
        unordered++;
    }
    // 10 ± 3.1 expected of 200: four deviations up.
    expect(ordered).toBeGreaterThan(0);
    expect(ordered).toBeLessThan(23);
    expect(unordered).toBeGreaterThan(0);
    expect(unordered).toBeLessThan(23);
  });

  it("agrees with chi-square where its approximation holds", () => {
    const table: CountTable = {
      reference: Float64Array.of(60, 110, 270, 340, 220),
      current: Float64Array.of(75, 125, 280, 310, 210),
    };
    const asymptotic = chiSquareHomogeneity(table).pValue;
    const exact = permutationTest(table, (dealt) => chiSquareHomogeneity(dealt).statistic);
    expect(Math.abs(exact.pValue - asymptotic)).toBeLessThan(0.05);
  });

  it("is 1 for samples that cannot differ, and small for samples that do", () => {
    expect(
      permutationTest({ reference: Float64Array.of(9), current: Float64Array.of(4) }, andersonDarling).pValue,
    ).toBe(1);
    const apart = { reference: Float64Array.of(20, 0), current: Float64Array.of(0, 20) };
    expect(permutationTest(apart, andersonDarling).pValue).toBe(1 / 2000);
  });

  function drawStars(random: ReturnType<typeof createRandom>, rows: number): Float64Array {
    const counts = new Float64Array(5);
    for (let row = 0; row < rows; row++) {
      let left = random.uniform();
      let star = 0;
      while (star < 4 && left >= stars[star]!) left -= stars[star++]!;
      counts[star]!++;
    }
    return counts;
  }
});

describe("unbiasedCramersV", () => {
  it("is V on few cells, and about 0 on many rare ones that do not differ", () => {
    const few = { reference: Float64Array.of(900, 100), current: Float64Array.of(700, 300) };
    expect(Math.abs(unbiasedCramersV(few) - cramersV(few))).toBeLessThan(0.002);
    const random = createRandom(3);
    const draw = () => {
      const counts = new Float64Array(1000);
      for (let row = 0; row < 3000; row++) counts[random.integer(1000)]!++;
      return counts;
    };
    const many = { reference: draw(), current: draw() };
    expect(cramersV(many)).toBeGreaterThan(0.3);
    expect(unbiasedCramersV(many)).toBeLessThan(0.1);
  });
});

describe("benjaminiHochberg", () => {
  it("gives the values of R's p.adjust", () => {
    const adjusted = benjaminiHochberg([0.01, 0.04, 0.03, 0.005, Number.NaN]);
    expect(adjusted.slice(0, 4)).toEqual([0.02, 0.04, 0.04, 0.02]);
    expect(adjusted[4]).toBeNaN();
    expect(benjaminiHochberg([])).toEqual([]);
    expect(benjaminiHochberg([0.9, 0.8])).toEqual([0.9, 0.9]);
  });
});
