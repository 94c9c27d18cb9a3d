import { createRandom, type Random } from "@tamis/core";
import { expect, it } from "vitest";
import { idDrift } from "./id-drift.ts";

/** Rows by id of a sample whose ids are taken by a power law, as films are. */
function drawIds(random: Random, rows: number, ids: number, power = 1): Float64Array {
  const counts = new Float64Array(ids);
  for (let row = 0; row < rows; row++) counts[Math.floor(random.uniform() ** (1 + power) * ids)]!++;
  return counts;
}

it.each([
  ["2,000 and 100", 2000, 100],
  ["300 and 1,500", 300, 1500],
])("raises a false alarm in one of twenty comparisons: %s rows", (_name, n, m) => {
  const trials = 60;
  const alarms = [0, 0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const random = createRandom(trial);
    const table = { reference: drawIds(random, n, 200), current: drawIds(random, m, 200) };
    for (const [at, { pValue }] of idDrift("item_id", table, { permutations: 199, seed: trial }).entries()) {
      if (pValue <= 0.05) alarms[at]!++;
    }
  }
  // 5 % of the trials, and four deviations.
  for (const count of alarms) expect(count).toBeLessThan(trials * 0.05 + 4 * Math.sqrt(trials * 0.05));
});

it("sees cold ids, a narrower catalogue and more popular ones, whatever the number of rows", () => {
  const random = createRandom(7);
  const reference = drawIds(random, 5000, 400);
  const narrow = drawIds(random, 400, 400, 6);
  const [coverage, concentration] = idDrift("item_id", { reference, current: narrow });
  expect(coverage).toMatchObject({ check: "coverage", column: "item_id" });
  expect(coverage!.statistic).toBeLessThan(coverage!.expected!);
  expect(coverage!.pValue).toBe(2 / 500);
  expect(concentration!.statistic).toBeGreaterThan(concentration!.expected!);
  expect(concentration!.effectSize).toBe("small");

  const cold = Float64Array.from({ length: 450 }, (_, id) => (id < 400 ? 1 : 4));
  const unseen = idDrift("user_id", {
    reference: Float64Array.of(...reference, ...new Float64Array(50)),
    current: cold,
  })[2]!;
  expect(unseen).toMatchObject({ check: "unseen", pValue: 1 / 500 });
  expect(unseen.statistic).toBeGreaterThan(200 / 600 - 1e-9);
});

it("finds nothing in data that are more regular than chance, as long as both are", () => {
  const ten = new Float64Array(300).fill(10);
  for (const { effectSize, pValue } of idDrift("user_id", { reference: ten, current: ten })) {
    expect([effectSize, pValue > 0.5]).toEqual(["negligible", true]);
  }
  const once = new Float64Array(300).fill(1);
  for (const { effectSize } of idDrift("user_id", { reference: once, current: once })) {
    expect(effectSize).toBe("negligible");
  }
});

it("does not ask of too few rows", () => {
  const table = { reference: Float64Array.of(500, 20), current: Float64Array.of(10, 5) };
  for (const { pValue, effect } of idDrift("user_id", table)) {
    expect(pValue).toBeNaN();
    expect(effect).toBeNaN();
  }
});
