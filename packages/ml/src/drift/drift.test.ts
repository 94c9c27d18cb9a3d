import { createRandom } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { driftBaseline, parseDriftBaseline } from "./baseline.ts";
import { calibratedDrift } from "./calibrated.ts";
import { type DriftColumn, mostCells, sketchColumn } from "./column-sketch.ts";
import { detectDrift, detectDriftAsEvidently } from "./detect-drift.ts";
import { evidentlyDrift } from "./evidently.ts";

const numbers = (name: string, values: (number | null)[]): DriftColumn => ({ name, kind: "numbers", values });
const labels = (name: string, values: (string | null)[]): DriftColumn => ({ name, kind: "labels", values });
const normal = (seed: number, rows: number, mean = 0, deviation = 1) => {
  const random = createRandom(seed);
  return Array.from({ length: rows }, () => random.normal(mean, deviation));
};
/** values × counts, as the golden cases write them. */
const repeat = (counts: readonly number[], from = 1) =>
  counts.flatMap((count, n) => Array.from({ length: count }, () => from + n));

describe("evidentlyDrift", () => {
  it.each([
    [
      "G3: five stars on 1,000 rows",
      [60, 110, 270, 340, 220],
      [90, 140, 280, 300, 190],
      "chi-square p_value",
      1.623275e-6,
      true,
    ],
    [
      "G11: five stars on 1,100 rows",
      [66, 121, 297, 374, 242],
      [180, 190, 290, 270, 170],
      "Jensen-Shannon distance",
      0.1507109,
      true,
    ],
    ["G8: two values", [60, 40], [45, 55], "Z-test p_value", 0.0336721, true],
  ])("%s", (_name, reference, current, method, score, drifted) => {
    const verdict = evidentlyDrift(
      sketchColumn(numbers("rating", repeat(reference))),
      sketchColumn(numbers("rating", repeat(current))),
    );
    expect(verdict).toMatchObject({ method, drifted });
    expect(verdict.score / score).toBeCloseTo(1, 5);
  });

  it("G5: K-S on small samples", () => {
    const small = [38.7, 41.5, 43.8, 44.5, 45.5, 46.0, 47.7, 58.0];
    const shifted = [39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8];
    const tested = evidentlyDrift(sketchColumn(numbers("x", small)), sketchColumn(numbers("x", shifted)));
    expect(tested).toMatchObject({ method: "K-S p_value", drifted: false });
    expect(tested.score).toBeCloseTo(0.087024, 6);
  });

  it("G10: the threshold of the normed Wasserstein distance", () => {
    const reference = Array.from({ length: 2000 }, (_, i) => i / 1000);
    const score = (shift: number) =>
      evidentlyDrift(
        sketchColumn(numbers("x", reference)),
        sketchColumn(
          numbers(
            "x",
            reference.map((value) => value + shift),
          ),
        ),
      );
    expect(score(0.05)).toMatchObject({ method: "Wasserstein distance (normed)", drifted: false });
    expect(score(0.05).score).toBeCloseTo(0.0866026, 6);
    expect(score(0.06).score).toBeCloseTo(0.1039231, 6);
    expect(score(0.06).drifted).toBe(true);
  });

  it("G7: a new label is drift whatever its share", () => {
    const counted = (...pairs: [string, number][]) =>
      labels(
        "kind",
        pairs.flatMap(([label, count]) => Array.from({ length: count }, () => label)),
      );
    const verdict = evidentlyDrift(
      sketchColumn(counted(["a", 500], ["b", 500])),
      sketchColumn(counted(["a", 450], ["b", 450], ["c", 100])),
    );
    expect(verdict).toMatchObject({ method: "chi-square p_value", score: 0, drifted: true });
  });

  it("half of the columns make a drifted data set", async () => {
    const rows = normal(1, 500);
    const baseline = await driftBaseline([numbers("a", rows), numbers("b", rows)]);
    const report = detectDriftAsEvidently(baseline, [
      numbers("a", rows),
      numbers(
        "b",
        rows.map((value) => value + 1),
      ),
    ]);
    expect(report).toMatchObject({ driftedShare: 0.5, datasetDrift: true });
  });
});

describe("calibratedDrift", () => {
  // 5 % of the pairs of equal samples, and four deviations.
  it.each([
    ["50 and 50", 50, 50],
    ["1,500 and 100", 1500, 100],
    ["12,000 (in 10,000 cells) and 12,000", 12_000, 12_000],
  ])("raises a false alarm in one of twenty comparisons: %s rows", (_name, n, m) => {
    const trials = n > 5000 ? 40 : 120;
    let alarms = 0;
    for (let trial = 0; trial < trials; trial++) {
      const reference = sketchColumn(numbers("x", normal(2 * trial, n)));
      const [check] = calibratedDrift(reference, numbers("x", normal(2 * trial + 1, m)), {
        permutations: 199,
      });
      if (check!.pValue <= 0.05) alarms++;
    }
    expect(alarms).toBeLessThan(trials * 0.05 + 4 * Math.sqrt(trials * 0.05));
  });

  it.each([
    ["a shift of a quarter of a deviation", normal(3, 1000, 0.25), "small"],
    ["twice the spread", normal(3, 1000, 0, 2), "large"],
  ])("sees %s", (_name, current, effectSize) => {
    const [check] = calibratedDrift(sketchColumn(numbers("x", normal(1, 1000))), numbers("x", current));
    expect(check).toMatchObject({ method: "anderson-darling permutation", effectSize });
    expect(check!.pValue).toBe(1 / 2000);
  });

  it("names new labels, and asks about missing rows apart", () => {
    const reference = sketchColumn(
      labels(
        "genre",
        Array.from({ length: 200 }, (_, n) => (n % 2 ? "Drama" : "War")),
      ),
    );
    const current = labels("genre", [
      ...Array.from({ length: 60 }, () => "Drama"),
      ...Array.from({ length: 20 }, () => "Western"),
      ...Array.from({ length: 20 }, () => null),
    ]);
    const checks = calibratedDrift(reference, current);
    expect(checks.map(({ check, rows }) => [check, rows.current])).toEqual([
      ["values", 80],
      ["missing", 100],
    ]);
    expect(checks[0]!.newLabels).toEqual([{ label: "Western", rows: 20 }]);
    expect(checks[1]!.pValue).toBeLessThan(0.01);
  });
});

describe("detectDrift", () => {
  it("answers drift, no drift or not enough data, per check and in all", async () => {
    const baseline = await driftBaseline([
      numbers("steady", normal(1, 400)),
      numbers("moved", normal(2, 400)),
      numbers("rare", normal(3, 400)),
      numbers("gone", normal(4, 400)),
    ]);
    const report = detectDrift(baseline, [
      numbers("steady", normal(11, 400)),
      numbers("moved", normal(12, 400, 1)),
      numbers("rare", normal(13, 10)),
      numbers("new", [1, 2, 3]),
    ]);
    expect(report.checks.map(({ column, verdict }) => [column, verdict])).toEqual([
      ["steady", "no drift"],
      ["moved", "drift"],
      ["rare", "not enough data"],
    ]);
    expect(report).toMatchObject({ verdict: "drift", missingColumns: ["gone"], newColumns: ["new"] });
    const alone = detectDrift(baseline, [numbers("rare", [1, 2])]);
    expect(alone.verdict).toBe("not enough data");
  });

  it("holds its level over twenty columns at once", async () => {
    let alarms = 0;
    for (let trial = 0; trial < 30; trial++) {
      const columns = (seed: number) =>
        Array.from({ length: 20 }, (_, n) => numbers(`c${n}`, normal(seed * 100 + n, 80)));
      const baseline = await driftBaseline(columns(2 * trial));
      if (detectDrift(baseline, columns(2 * trial + 1), { permutations: 199 }).verdict === "drift") alarms++;
    }
    // 1.5 ± 1.2 expected; without the adjustment 19 would say "drift".
    expect(alarms).toBeLessThan(8);
  });

  it("refuses data that have no column of the baseline", async () => {
    const baseline = await driftBaseline([numbers("rating", [1, 2])]);
    expect(() => detectDrift(baseline, [numbers("score", [1])])).toThrow("“rating”");
  });
});

describe("driftBaseline", () => {
  it("survives JSON, and shows that it was altered", async () => {
    const baseline = await driftBaseline([numbers("x", [1, null, 2]), labels("l", ["a", null])], {
      now: () => new Date(0),
    });
    const read = JSON.parse(JSON.stringify(baseline));
    expect(await parseDriftBaseline(read)).toEqual(baseline);
    read.columns[0].counts[0] = 7;
    await expect(parseDriftBaseline(read)).rejects.toMatchObject({ code: "corrupt_data" });
    await expect(parseDriftBaseline({})).rejects.toMatchObject({ code: "corrupt_data" });
  });

  it("keeps cells, not rows, and the count of every cell exactly", () => {
    const rows = normal(5, 50_000);
    const sketch = sketchColumn(numbers("x", rows));
    if (sketch.kind !== "numbers") throw new Error("not numbers");
    expect(sketch.exact).toBe(false);
    expect(sketch.values.length).toBeLessThanOrEqual(mostCells);
    for (const cell of [0, 17, sketch.values.length - 1]) {
      const upTo = rows.filter((value) => value <= sketch.values[cell]!).length;
      expect(sketch.counts.slice(0, cell + 1).reduce((sum, count) => sum + count, 0)).toBe(upTo);
    }
  });

  it("refuses identifiers, empty columns and two columns of one name", async () => {
    const ids = labels(
      "id",
      Array.from({ length: mostCells + 1 }, (_, n) => `u${n}`),
    );
    await expect(driftBaseline([ids])).rejects.toThrow("identifiers");
    await expect(driftBaseline([numbers("x", [null])])).rejects.toThrow("“x”");
    await expect(driftBaseline([numbers("x", [1]), numbers("x", [1])])).rejects.toThrow("Two columns");
  });
});
