import { describe, expect, it } from "vitest";
import { createRecommender } from "../recommenders.ts";
import { randomTable } from "../testing/small-tables.ts";
import { compareErrors } from "./compare-errors.ts";
import { crossValidate } from "./cross-validate.ts";
import { evaluate } from "./evaluate.ts";
import { namedSplit, splitNames } from "./named-split.ts";
import { strongGeneralisation } from "./split-by-user.ts";

const untimed = randomTable(5, { users: 30, items: 12, step: 0.5 });
const table = {
  ...untimed,
  ratedAt: Float64Array.from(untimed.ratings, (_, row) => 1000 + ((row * 7) % 500)),
};
const baseline = createRecommender("baseline-only");

describe.each(splitNames)("the split %s", (name) => {
  it("never tests what it learns from, and is evaluated on both sides", async () => {
    const folds = [...namedSplit(name, table, { folds: 3, seed: 1 })];
    expect(folds).toHaveLength({ "k-fold": 3, "repeated-k-fold": 9, shuffle: 3 }[name as string] ?? 1);
    for (const { train, test, history } of folds) {
      const learnt = new Set([...train, ...(history ?? [])]);
      expect(test.length).toBeGreaterThan(0);
      expect([...test].filter((row) => learnt.has(row))).toEqual([]);
    }
    const { accuracy, lists } = await evaluate(table, baseline, { split: name, folds: 3, seed: 1 });
    expect(accuracy!.folds.map(({ tested }) => tested)).toEqual(folds.map(({ test }) => test.length));
    expect(lists!.folds).toHaveLength(folds.length);
    expect(accuracy!.warnings.length > 0).toBe(name !== "time-cut");
  });
});

describe("held-out users", () => {
  it("are estimated by a fold-in of what is shown of them", async () => {
    const fold = strongGeneralisation(table, { users: 6, seed: 3 });
    const result = await crossValidate(table, baseline, { splits: [fold] });
    const { createTrainset } = await import("../trainset.ts");
    const model = await baseline.fit(createTrainset(table, fold.train), { seed: 42 });
    const { users, items, ratings } = table;
    const errors = Array.from(fold.test, (row) => {
      const shown = [...fold.history!].filter((other) => users.codes[other] === users.codes[row]);
      const history = shown.map((other) => ({
        itemId: items.ids[items.codes[other]!]!,
        rating: ratings[other]!,
      }));
      const place = model.itemIds.indexOf(items.ids[items.codes[row]!]!);
      const { min, max } = model.scale;
      return Math.min(max, Math.max(min, model.foldIn!(history)[place]!)) - ratings[row]!;
    });
    const mse = errors.reduce((sum, error) => sum + error * error, 0) / errors.length;
    expect(result.folds[0]?.rmse).toBeCloseTo(Math.sqrt(mse), 12);
    expect(result.folds[0]?.unknown).toBe(0);
  });

  it("cannot be estimated by a model that does not fold in", async () => {
    const work = evaluate(table, createRecommender("normal-predictor"), { split: "strong-generalisation" });
    await expect(work).rejects.toMatchObject({ code: "unsupported" });
  });
});

describe("errors by user", () => {
  it("add up to the errors of the fold; rows of what was not seen are counted", async () => {
    const { folds, intervals, rmse } = await crossValidate(table, baseline, { folds: 3 });
    for (const { users, tested, rmse, mae } of folds) {
      const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
      expect(sum(users.rows)).toBe(tested);
      expect(Math.sqrt(sum(users.squared) / tested)).toBeCloseTo(rmse, 12);
      expect(sum(users.absolute) / tested).toBeCloseTo(mae, 12);
    }
    expect(intervals.rmse.low).toBeLessThan(rmse.mean);
    expect(intervals.rmse.high).toBeGreaterThan(rmse.mean);
    // Everything of user 0 is tested: nobody has seen them.
    const isTheirs = (row: number) => table.users.codes[row] === 0;
    const rows = Int32Array.from({ length: table.length }, (_, row) => row);
    const fold = { train: rows.filter((row) => !isTheirs(row)), test: rows.filter(isTheirs) };
    const { folds: left } = await crossValidate(table, baseline, { splits: [fold] });
    expect(left[0]?.unknown).toBe(fold.test.length);
  });

  it("are compared in pairs, on the same rows only", async () => {
    const [a, b] = [
      await crossValidate(table, baseline, { folds: 3 }),
      await crossValidate(table, createRecommender("normal-predictor"), { folds: 3 }),
    ];
    const { mean, high, pairs, pValue } = compareErrors(a, b);
    expect(mean).toBeLessThan(0);
    expect(high).toBeLessThan(0);
    expect(pairs).toBe(table.users.ids.length);
    expect(pValue).toBeLessThan(0.05);
    expect(compareErrors(a, a, "absolute")).toMatchObject({ mean: 0, pValue: 1 });
    const other = await crossValidate(table, baseline, { folds: 3, seed: 7 });
    expect(() => compareErrors(a, other)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });

  it("need a fold", async () => {
    await expect(crossValidate(table, baseline, { splits: [] })).rejects.toMatchObject({
      code: "invalid_input",
    });
  });
});
