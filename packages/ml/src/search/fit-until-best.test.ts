import { createRandom, ratingTable } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { defineRecommender } from "../define-recommender.ts";
import { type Fold, kFold } from "../evaluate/split.ts";
import type { FitContext, Model } from "../recommender.ts";
import { svd } from "../recommenders/svd.ts";
import { createRecommender } from "../recommenders.ts";
import { createTrainset } from "../trainset.ts";
import { fitUntilBest } from "./fit-until-best.ts";
import { measureFold } from "./measure-fold.ts";

const random = createRandom(5);
const table = ratingTable(
  Array.from({ length: 900 }, () => ({
    userId: random.integer(40),
    itemId: `i${random.integer(30)}`,
    rating: 1 + random.integer(5),
    ratedAt: null,
  })),
  { min: 1, max: 5 },
);
const fold = [...kFold(table.length, { folds: 5 })][0] as Fold;
const trainset = createTrainset(table, fold.train);

/** Everything that is stored of a model. */
const contentOf = (model: Model) => ({ options: model.options, seed: model.seed, ...model.tensors() });

const descents: [string, Record<string, unknown>][] = [
  ["svd", { factors: 5 }],
  ["svd", { factors: 5, biased: false }],
  ["svd-plus-plus", { factors: 5 }],
  ["svd-plus-plus-accumulated", { factors: 5 }],
  ["nmf", { factors: 5 }],
  ["nmf", { factors: 5, biased: true }],
  ["co-clustering", {}],
  ["baseline-only", {}],
  ["baseline-only", { method: "sgd" }],
  ["bpr", { factors: 5 }],
  ["ials", { factors: 5 }],
  ["ials", { factors: 5, conjugateSteps: 0 }],
  ["ials-hkv", { factors: 5 }],
];

describe("a fit that is watched", () => {
  it.each(descents)(
    "shows the models that so many epochs give, bit for bit: %s %j",
    async (name, options) => {
      const fitted = (epochs: number, context: FitContext = {}) =>
        createRecommender(name, { ...options, epochs }).fit(trainset, { seed: 3, workers: 0, ...context });
      for (const workers of [0, 2]) {
        const seen = new Map<number, Model>();
        const look = async (model: Model, epochs: number) => {
          seen.set(epochs, model);
          return false;
        };
        const last = await fitted(7, { workers, watch: { every: 3, look } });
        expect([...seen.keys()]).toEqual([3, 6, 7]);
        for (const [epochs, model] of seen) {
          expect(contentOf(model)).toEqual(contentOf(await fitted(epochs)));
        }
        expect(last).toBe(seen.get(7));
        const stopped = await fitted(7, {
          workers,
          watch: { every: 2, look: async (_, epochs) => epochs === 4 },
        });
        expect(contentOf(stopped)).toEqual(contentOf(await fitted(4)));
      }
    },
  );

  it("has, of rates that fall, the part that it went through: the same steps but for rounding", async () => {
    const options = { factors: 5, epochs: 9, rateDecay: 0.8 };
    let seen: Model | undefined;
    const look = async (model: Model, epochs: number) => {
      seen = model;
      return epochs === 5;
    };
    await svd(options).fit(trainset, { watch: { every: 1, look } });
    expect(seen!.options).toMatchObject({ epochs: 5, rateDecay: 0.4 });
    const again = await svd(seen!.options).fit(trainset);
    for (const itemId of ["i1", "i7", "i20"]) {
      expect(again.predict(3, itemId).value).toBeCloseTo(seen!.predict(3, itemId).value, 5);
    }
    const other = await svd({ ...options, epochs: 5 }).fit(trainset);
    expect(other.predict(3, "i7").value).not.toBeCloseTo(seen!.predict(3, "i7").value, 5);
  });
});

describe("fitUntilBest", () => {
  const overfitting = svd({ factors: 30, epochs: 60, learningRate: 0.03, regularization: 0 });

  it("gives back the best model, not the last, and stops after looks in vain", async () => {
    const found = await fitUntilBest(overfitting, table, fold, { every: 2, patience: 3, seed: 1 });
    const scores = found.looks.map(({ score }) => score);
    expect(found.score).toBe(Math.min(...scores));
    expect(scores.at(-1)).toBeGreaterThan(found.score);
    expect(found.looks.at(-1)!.epochs).toBe(found.epochs + 6);
    expect(found.epochs).toBeLessThan(54);
    expect(found.model.options).toEqual({ ...overfitting.options, epochs: found.epochs });
    const again = await svd(found.model.options).fit(trainset, { seed: 1 });
    expect(contentOf(found.model)).toEqual(contentOf(again));
    const measured = await measureFold(table, svd(found.model.options), fold, ["rmse"], { seed: 1 });
    expect(measured.rmse).toBe(found.score);
  });

  it("maximises where more is better, and goes to the end while it gets better", async () => {
    const ials = createRecommender("ials", { factors: 5, epochs: 8 });
    const { score, looks } = await fitUntilBest(ials, table, fold, { patience: 8 });
    expect(looks).toHaveLength(8);
    expect(score).toBe(Math.max(...looks.map((look) => look.score)));
  });

  it("keeps the best model of a descent that diverges later, and fails with one that never was good", async () => {
    const wild = svd({ factors: 10, epochs: 200, learningRate: 0.2, regularization: 0 });
    const found = await fitUntilBest(wild, table, fold, { patience: 200 });
    expect(found.looks.length).toBeLessThan(200);
    expect(Number.isFinite(found.score)).toBe(true);
    const never = svd({ factors: 10, epochs: 5, learningRate: 40, regularization: 0 });
    await expect(fitUntilBest(never, table, fold)).rejects.toMatchObject({ code: "analysis" });
  });

  it("refuses what has no epochs, another's metric and no patience, and is cancelled", async () => {
    const refused = { code: "invalid_input" };
    await expect(fitUntilBest(createRecommender("ease"), table, fold)).rejects.toMatchObject(refused);
    await expect(
      fitUntilBest(createRecommender("bpr"), table, fold, { metric: "rmse" }),
    ).rejects.toMatchObject(refused);
    const own = defineRecommender({
      algorithm: "own",
      options: { epochs: 3 },
      fit: () => ({ nothing: new Float64Array(1) }),
      estimate: () => 3,
    });
    await expect(fitUntilBest(own, table, fold)).rejects.toMatchObject({ code: "unsupported" });
    await expect(fitUntilBest(overfitting, table, fold, { patience: 0 })).rejects.toMatchObject(refused);
    await expect(
      fitUntilBest(overfitting, table, fold, { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: "aborted" });
  });
});
