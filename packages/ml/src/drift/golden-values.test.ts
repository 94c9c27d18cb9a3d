import {
  chiSquareGoodnessOfFit,
  chiSquareHomogeneity,
  cramersV,
  energyDistance,
  hellingerDistance,
  jensenShannonDistance,
  kolmogorovSmirnov,
  kullbackLeiblerDivergence,
  numericSample,
  type OrderedCounts,
  orderedCounts,
  populationStabilityIndex,
  sturgesBins,
  summarise,
  totalVariationDistance,
  wassersteinDistance,
} from "@tamis/core";
import { expect, it } from "vitest";
import { type DriftColumn, sketchColumn } from "./column-sketch.ts";
import { evidentlyDrift } from "./evidently.ts";

// Values that Evidently's own formulae give, recomputed with SciPy 1.17; G1 is in Evidently's own tests.
const numbers = (values: number[]): DriftColumn => ({ name: "x", kind: "numbers", values });
const repeat = (counts: readonly number[], from = 1) =>
  counts.flatMap((count, n) => Array.from({ length: count }, () => from + n));
const tableOf = (reference: number[], current: number[]) =>
  orderedCounts(numericSample(reference), numericSample(current));

const measures = {
  chi2: (table: OrderedCounts) => chiSquareGoodnessOfFit(table).statistic,
  chi2P: (table: OrderedCounts) => chiSquareGoodnessOfFit(table).pValue,
  homogeneity: (table: OrderedCounts) => chiSquareHomogeneity(table).statistic,
  homogeneityP: (table: OrderedCounts) => chiSquareHomogeneity(table).pValue,
  v: cramersV,
  hellinger: hellingerDistance,
  js: jensenShannonDistance,
  psi: populationStabilityIndex,
  kl: kullbackLeiblerDivergence,
  tvd: totalVariationDistance,
  wasserstein: wassersteinDistance,
  energy: energyDistance,
  d: (table: OrderedCounts) => kolmogorovSmirnov(table).statistic,
  exactP: (table: OrderedCounts) => kolmogorovSmirnov(table, "exact").pValue,
  asymptoticP: (table: OrderedCounts) => kolmogorovSmirnov(table, "asymptotic").pValue,
};

const g1: [number[], number[]] = [
  [16, 18, 16, 14, 12, 12],
  [16, 16, 16, 16, 16, 8],
];
const g5 = [38.7, 41.5, 43.8, 44.5, 45.5, 46.0, 47.7, 58.0];
const steps = Array.from({ length: 100 }, (_, i) => i / 100);

it.each<[string, OrderedCounts, Partial<Record<keyof typeof measures, number>>]>([
  [
    "G1",
    tableOf(repeat(g1[0]), repeat(g1[1])),
    {
      chi2: 3.1746032,
      chi2P: 0.6730876,
      hellinger: 0.0681277,
      js: 0.0680482,
      psi: 0.0372184,
      kl: 0.0189097,
      tvd: 0.0681818,
      homogeneity: 1.622409,
      homogeneityP: 0.8985262,
    },
  ],
  [
    "G2: every reference count doubled",
    tableOf(repeat(g1[0].map((count) => 2 * count)), repeat(g1[1])),
    { chi2: 3.1746032, js: 0.0680482, psi: 0.0372184 },
  ],
  [
    "G3",
    tableOf(repeat([60, 110, 270, 340, 220]), repeat([90, 140, 280, 300, 190])),
    {
      chi2: 32.34898,
      homogeneity: 14.4769401,
      homogeneityP: 0.0059186,
      v: 0.0850792,
      js: 0.06027,
      psi: 0.0291671,
      kl: 0.0141332,
      d: 0.07,
      exactP: 0.01487,
      asymptoticP: 0.0141683,
    },
  ],
  ["G4", tableOf(repeat(Array(10).fill(1)), repeat(Array(10).fill(1), 4)), { d: 0.3, exactP: 0.7869298 }],
  [
    "G5",
    tableOf(g5, [39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8]),
    { d: 0.625, exactP: 0.087024, asymptoticP: 0.0493164, wasserstein: 4.1625, energy: 1.5702309 },
  ],
  [
    "G5b: the same and 5 more",
    tableOf(
      g5,
      g5.map((value) => value + 5),
    ),
    { wasserstein: 5, energy: 1.9332615 },
  ],
  [
    "G6: bins of equal width",
    sturgesBins(numericSample(steps), numericSample(steps.map((value) => value ** 2))),
    { js: 0.2184775, psi: 0.3967369, kl: 0.1808425 },
  ],
  [
    "G6: as they are",
    tableOf(
      steps,
      steps.map((value) => value ** 2),
    ),
    { d: 0.25, exactP: 0.0037295, asymptoticP: 0.0030658 },
  ],
])("%s", (_name, table, expected) => {
  for (const [name, value] of Object.entries(expected)) {
    // The last of the seven decimals is rounded.
    const difference = Math.abs(measures[name as keyof typeof measures](table) - value);
    expect([name, difference < 1e-7]).toEqual([name, true]);
  }
});

it("G1, G6: Wasserstein over the deviation of the reference", () => {
  const normed = (reference: number[], current: number[]) =>
    wassersteinDistance(tableOf(reference, current)) /
    summarise(numericSample(reference)).populationDeviation;
  expect(normed(repeat(g1[0]), repeat(g1[1]))).toBeCloseTo(0.0544331, 6);
  expect(
    normed(
      steps,
      steps.map((value) => value ** 2),
    ),
  ).toBeCloseTo(0.5773214, 6);
});

it("G9: a constant reference has the floor 0.001 for its deviation, where a distance is measured", () => {
  const reference = sketchColumn(numbers(Array(1001).fill(3)));
  const current = sketchColumn(numbers([...Array(9).fill(3), 4, 5, 6, 7, 8]));
  const verdict = evidentlyDrift(reference, current);
  expect(verdict).toMatchObject({ method: "Wasserstein distance (normed)", drifted: true });
  expect(verdict.score).toBeCloseTo((1 + 2 + 3 + 4 + 5) / 14 / 0.001, 6);
});
