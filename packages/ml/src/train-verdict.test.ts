import { beforeEach, describe, expect, test } from "vitest";
import { defineRecommender } from "./define-recommender.ts";
import { crossValidate } from "./evaluate/cross-validate.ts";
import { createRecommender } from "./recommenders.ts";
import { loadChampion } from "./registry.ts";
import { synthesizeFilms } from "./synthesize/synthesize-films.ts";
import { memoryPorts } from "./testing/memory-ports.ts";
import { train } from "./train.ts";
import type { TrainRequest } from "./training-plan.ts";
import { trainingTables } from "./training-tables.ts";

const films = synthesizeFilms({ users: 80, items: 100, ratings: 4000 });
const table = films.table();
const models = ["baseline-only", "normal-predictor"];

let stores: ReturnType<typeof memoryPorts>;
beforeEach(() => {
  stores = memoryPorts();
});

const trainWith = (more: Partial<TrainRequest> = {}) =>
  train({ table, snapshot: "snapshot-1", items: films.films, ...stores, models, ...more });

describe("the verdict", () => {
  test("is in the audit either way, with who asked", async () => {
    const first = await trainWith({ actor: "somebody" });
    const second = await trainWith({ actor: "schedule" });
    const third = await trainWith({ force: true });
    const role = "champion";
    expect(stores.catalog.verdicts).toEqual([
      { version: 1, role, actor: "somebody", reason: first.reason, runId: "run-1", forced: false },
      { version: null, role, actor: "schedule", reason: second.reason, runId: "run-2", forced: false },
      { version: 2, role, actor: "program", reason: third.reason, runId: "run-3", forced: true },
    ]);
  });

  test("compares in pairs, user by user, with a champion that is no candidate", async () => {
    await trainWith({ models: ["normal-predictor"] });
    const { reason, metrics } = await trainWith({ models: ["baseline-only"], significance: 0.01 });
    expect(reason).toMatch(
      /^promoted: RMSE \S+ vs champion v1 \S+ on the same 3 folds \(difference -0\.\d+, 95 % -\S+ to -\S+, p = 0\.0005, 80 users\)$/,
    );
    expect(metrics.champion_p_value).toBeCloseTo(1 / 2001, 9);
  });

  test("refuses a better RMSE by chance when significance is asked for", async () => {
    const svd = { factors: 10, epochs: 20, biased: true };
    await trainWith({ models: ["svd"], options: { svd } });
    // One factor more is another recipe of the same quality.
    const other = { svd: { ...svd, factors: 11 } };
    const { metrics } = await trainWith({ models: ["svd"], options: other, significance: 1e-9 });
    expect(metrics.champion_p_value).toBeGreaterThan(0.0004);
    expect(stores.catalog.verdicts[1]).toMatchObject({ version: null });
    expect(stores.catalog.verdicts[1]!.reason).toMatch(/needs .*p < 1e-9$/);
  });

  test("refuses a better RMSE whose lists have collapsed; the guards can be turned off", async () => {
    const recommenders = [byCount("the-popular", 0.05), byCount("the-unpopular", -0.001)];
    const many = { table: synthesizeFilms({ users: 80, items: 800, ratings: 4000 }).table(), recommenders };
    await trainWith({ models: ["the-popular"], ...many });
    const next = { models: ["the-unpopular"], ...many };
    const refused = await trainWith(next);
    expect(refused).toMatchObject({ promoted: false });
    expect(refused.reason).toMatch(/; needs NDCG@10 ≥ 0\.\d+ \(25 % of the champion's\), not 0\.\d+/);
    expect(refused.metrics).toMatchObject({
      best_list_ndcg: expect.any(Number),
      champion_list_ndcg: expect.any(Number),
    });
    const guards = { ndcg: 0, catalogueCoverage: 0 };
    expect(await trainWith({ ...next, guards })).toMatchObject({ promoted: true, forced: false });
  });
});

describe("activity and samples", () => {
  test("models are compared on one sample and fitted on another; the cold start knows everybody", async () => {
    const samples = { crossValidation: 900, final: 1500 };
    const asked = { samples, minUserRatings: 20, minItemRatings: 10 };
    const { metrics } = await trainWith({ models: ["baseline-only"], ...asked });
    const tables = trainingTables(table, { ...asked, seed: 42 });
    const expected = await crossValidate(tables.table, createRecommender("baseline-only"));
    expect(metrics.best_rmse).toBe(expected.rmse.mean);
    expect(stores.tracker.runs[0]?.parameters).toMatchObject({
      ratings: 4000,
      active_ratings: tables.activeRatings,
      sample: 900,
      final_sample: 1500,
      min_user_ratings: 20,
      min_item_ratings: 10,
    });
    const champion = await loadChampion(stores, "Best_Film_Recommender");
    expect(champion?.model.itemIds).toHaveLength(tables.finalTable.items.ids.length);
    expect(champion?.coldStart.itemCount).toBe(table.items.ids.length);
  });

  test("KNN may learn from fewer rows and is tested on the same ones", async () => {
    const models = ["baseline-only", "knn-basic"];
    const whole = await trainWith({ models });
    const { metrics } = await trainWith({ models, samples: { knn: 300 } });
    expect(metrics.baseline_only_rmse).toBe(whole.metrics.baseline_only_rmse);
    expect(metrics.knn_basic_rmse).toBeGreaterThan(whole.metrics.knn_basic_rmse!);
    expect(metrics.knn_rmse).toBe(metrics.knn_basic_rmse);
    expect(stores.tracker.runs[1]?.parameters).toMatchObject({ knn_sample: 300, sample: 4000 });
    const tested = new TextDecoder()
      .decode(stores.tracker.runs[1]?.artifacts["folds.csv"])
      .split("\n")
      .slice(1, -1)
      .map((line) => line.split(",")[8]);
    expect(tested.slice(0, 3)).toEqual(tested.slice(3));
  });
});

/** Estimates near 3.5 that grow, or fall, with the number of ratings: lists of what is popular, or of what is not. */
function byCount(algorithm: string, weight: number) {
  return defineRecommender({
    algorithm,
    fit: (trainset) => ({
      counts: Float64Array.from(trainset.itemIds(), (itemId) => [...trainset.ratingsFor(itemId)].length),
    }),
    estimate: ({ counts }, _user, item) => 3.5 + (item === undefined ? 0 : weight * counts![item]!),
  });
}
