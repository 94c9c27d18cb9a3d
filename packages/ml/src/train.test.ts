import { createRandom, type RatingTable } from "@tamis/core";
import { beforeEach, describe, expect, test } from "vitest";
import { crossValidate } from "./evaluate/cross-validate.ts";
import { recommend } from "./recommend/recommend.ts";
import { createRecommender } from "./recommenders.ts";
import { loadChampion } from "./registry.ts";
import { synthesizeFilms } from "./synthesize/synthesize-films.ts";
import { memoryPorts } from "./testing/memory-ports.ts";
import { train } from "./train.ts";
import type { TrainRequest } from "./training-plan.ts";

const films = synthesizeFilms({ users: 80, items: 100, ratings: 4000 });
const table = films.table();
const models = ["baseline-only", "normal-predictor"];

let stores: ReturnType<typeof memoryPorts>;
beforeEach(() => {
  stores = memoryPorts();
});

const trainWith = (more: Partial<TrainRequest> = {}) =>
  train({ table, snapshot: "snapshot-1", items: films.films, ...stores, models, ...more });
const championVersion = async () =>
  (await stores.catalog.find("Best_Film_Recommender", "champion"))?.version ?? null;

describe("the first training", () => {
  test("registers the best model as champion and remembers the run", async () => {
    const result = await trainWith();
    const expected = await crossValidate(table, createRecommender("baseline-only"));
    expect(result).toEqual({
      runId: "run-1",
      best: "baseline-only",
      metrics: {
        baseline_only_rmse: expected.rmse.mean,
        baseline_only_rmse_sd: expected.rmse.sd,
        baseline_only_mae: expected.mae.mean,
        normal_predictor_rmse: expect.any(Number),
        normal_predictor_rmse_sd: expect.any(Number),
        normal_predictor_mae: expect.any(Number),
        dummy_rmse: result.metrics.normal_predictor_rmse,
        best_rmse: expected.rmse.mean,
      },
      timings: {
        baseline_only_fit_seconds: expect.any(Number),
        baseline_only_test_seconds: expect.any(Number),
        normal_predictor_fit_seconds: expect.any(Number),
        normal_predictor_test_seconds: expect.any(Number),
        final_fit_seconds: expect.any(Number),
        total_seconds: expect.any(Number),
      },
      version: 1,
      promoted: true,
      forced: false,
      reason: `promoted: RMSE ${expected.rmse.mean.toFixed(4)} on 3 folds; there was no champion`,
      roles: [
        {
          role: "champion",
          best: "baseline-only",
          version: 1,
          promoted: true,
          forced: false,
          reason: result.reason,
        },
      ],
    });
    const { artifacts, steps, ...run } = stores.tracker.runs[0]!;
    expect(run).toEqual({
      experiment: "Film_Recommendation_Experiment",
      name: "Best_Film_Recommender",
      snapshot: "snapshot-1",
      seed: 42,
      status: "finished",
      message: result.reason,
      metrics: { ...result.metrics, ...result.timings },
      parameters: {
        models: "baseline-only,normal-predictor",
        ratings: 4000,
        users: 80,
        items: table.items.ids.length,
        active_ratings: 4000,
        sample: 4000,
        final_sample: 4000,
        folds: 3,
        seed: 42,
        margin: 0,
        force: false,
        best_algorithm: "baseline-only",
        best_options: JSON.stringify(expected.options),
        is_best: true,
        forced: false,
      },
    });
    expect(steps).toMatchObject({
      "baseline_only_fold_rmse@1": expected.folds[0]!.rmse,
      "baseline_only_fold_mae@3": expected.folds[2]!.mae,
    });
    expect(Object.keys(artifacts).sort()).toEqual(["folds.csv", "log.txt", "verdict.json"]);
  });

  test("its run keeps a log with times, the verdict, and the folds as a table", async () => {
    const clock = (function* () {
      for (let second = 0; ; second++) yield new Date(second * 1000);
    })();
    const result = await trainWith({ now: () => clock.next().value });
    const { artifacts } = stores.tracker.runs[0]!;
    const text = (path: string) => new TextDecoder().decode(artifacts[path]);
    const lines = text("log.txt").trimEnd().split("\n");
    expect(lines.map((line) => line.slice(0, 24))).toEqual(
      lines.map((_, second) => new Date(second * 1000).toISOString()),
    );
    expect(lines[0]).toContain("snapshot snapshot-1, seed 42: 4000 ratings");
    expect(lines[1]).toMatch(/ baseline-only: rmse \d\.\d{4}, /);
    expect(lines.at(-1)).toContain("version 1 is champion");
    expect(JSON.parse(text("verdict.json"))).toMatchObject({
      run_id: "run-1",
      promoted: true,
      reason: result.reason,
      folds: Array.from({ length: 6 }, (_, row) => ({
        model: models[Math.floor(row / 3)],
        fold: 1 + (row % 3),
        rmse: expect.any(Number),
        ndcg: null,
        tested: expect.any(Number),
      })),
    });
    const [header, ...rows] = text("folds.csv").trimEnd().split("\n");
    expect(header).toMatch(/^model,fold,rmse,mae,/);
    expect(rows.map((row) => row.split(",").length)).toEqual(Array(6).fill(header!.split(",").length));
  });

  test("its champion is fitted on all ratings and recommends", async () => {
    await trainWith();
    const champion = await loadChampion(stores, "Best_Film_Recommender");
    expect(champion?.version).toMatchObject({
      runId: "run-1",
      snapshot: "snapshot-1",
      metrics: { rmse: expect.any(Number), rmse_sd: expect.any(Number), mae: expect.any(Number), folds: 3 },
    });
    expect(champion?.model.itemIds).toHaveLength(table.items.ids.length);
    const { model, coldStart } = champion!;
    expect(recommend({ model, coldStart, userId: 1, history: [], n: 5 }).recommendations).toHaveLength(5);
    expect(recommend({ model, coldStart, userId: "new", history: [], n: 5 }).recommendations).toHaveLength(5);
  });

  test("reports its progress, model by model", async () => {
    const phases = new Set<string>();
    await trainWith({ models: ["baseline-only", "svd"], onProgress: ({ phase }) => phases.add(phase) });
    expect([...phases].some((phase) => phase.startsWith("baseline-only, fold 1/3: "))).toBe(true);
    expect([...phases].some((phase) => phase.startsWith("svd, fold 3/3: "))).toBe(true);
  });
});

describe("the promotion gate", () => {
  test("the same training again is not better: no version is made", async () => {
    const { metrics } = await trainWith();
    const files = [...stores.objects.contents.keys()];
    const result = await trainWith();
    expect(result).toMatchObject({ version: null, promoted: false });
    const rmse = metrics.best_rmse?.toFixed(4);
    expect(result.reason).toBe(
      `not promoted: RMSE ${rmse} vs champion v1 ${rmse} on the same 3 folds; needs < ${rmse}`,
    );
    expect(stores.tracker.runs[1]).toMatchObject({
      status: "finished",
      message: result.reason,
      parameters: { is_best: false },
      metrics: { champion_rmse: metrics.best_rmse },
    });
    expect([...stores.objects.contents.keys()]).toEqual(files);
    expect(await stores.catalog.list("Best_Film_Recommender")).toHaveLength(1);
  });

  test("force promotes it and says that it was forced", async () => {
    await trainWith();
    const result = await trainWith({ force: true });
    expect(result).toMatchObject({ version: 2, promoted: true });
    expect(result.reason).toMatch(/^promoted by force: /);
    expect(stores.tracker.runs[1]?.parameters).toMatchObject({ force: true, forced: true });
    expect(await championVersion()).toBe(2);
    expect((await stores.catalog.find("Best_Film_Recommender", "previous"))?.version).toBe(1);
  });

  test("a better algorithm replaces a worse one, with the champion's recorded figure", async () => {
    const first = await trainWith({ models: ["normal-predictor"] });
    const second = await trainWith({ models: ["baseline-only"] });
    expect(second).toMatchObject({ version: 2, promoted: true, best: "baseline-only" });
    expect(second.metrics.champion_rmse).toBe(first.metrics.best_rmse);
  });

  test("on other data the champion's algorithm is measured again, with its options", async () => {
    const options = { "baseline-only": { epochs: 3 } };
    await trainWith({ models: ["baseline-only"], options });
    const worse = shuffledRatings(table);
    const result = await trainWith({ models: ["normal-predictor"], table: worse, snapshot: "snapshot-2" });
    expect(result).toMatchObject({ promoted: false, version: null });
    const again = await crossValidate(worse, createRecommender("baseline-only", { epochs: 3 }));
    expect(result.metrics.champion_rmse).toBe(again.rmse.mean);
    expect(await championVersion()).toBe(1);
  });

  test("the champion's own recipe on newer data replaces it when it does better than when it was trained", async () => {
    const { metrics } = await trainWith({ table: shuffledRatings(table), snapshot: "snapshot-0" });
    const result = await trainWith();
    expect(result.metrics.champion_rmse).toBe(metrics.best_rmse);
    expect(result).toMatchObject({ promoted: true, version: 2 });
    expect(result.reason).toMatch(/when it was trained, same algorithm and options$/);
  });

  test("the champion's own recipe on worse data does not replace it", async () => {
    await trainWith();
    const result = await trainWith({ table: shuffledRatings(table), snapshot: "snapshot-2" });
    expect(result).toMatchObject({ promoted: false, version: null });
    expect(await championVersion()).toBe(1);
  });

  test("other folds or another seed are no comparison: the champion is measured on those of the run", async () => {
    await trainWith({ models: ["baseline-only"] });
    for (const setting of [{ folds: 4 }, { seed: 7 }]) {
      const { metrics } = await trainWith({ models: ["normal-predictor"], ...setting });
      const again = await crossValidate(table, createRecommender("baseline-only"), setting);
      expect(metrics.champion_rmse).toBe(again.rmse.mean);
    }
  });

  test("a champion whose file is gone is replaced", async () => {
    await trainWith();
    await stores.objects.remove("models/Best_Film_Recommender/run-1/model.safetensors");
    const result = await trainWith();
    expect(result).toMatchObject({ version: 2, promoted: true });
    expect(result.reason).toMatch(/; its file is missing$/);
  });
});

describe("when it does not work out", () => {
  test("an unknown algorithm, an unknown option and no algorithm are refused before a run begins", async () => {
    const refusals: Partial<TrainRequest>[] = [
      { models: ["oracle"] },
      { options: { "baseline-only": { wisdom: 1 } } },
      { models: [] },
    ];
    for (const more of refusals) {
      await expect(trainWith(more)).rejects.toMatchObject({ code: "invalid_input" });
    }
    expect(stores.tracker.runs).toEqual([]);
  });

  test("a failure closes the run with its message and leaves the champion", async () => {
    await trainWith();
    await expect(trainWith({ folds: 1 })).rejects.toMatchObject({ code: "invalid_input" });
    const diverging = { models: ["svd"], options: { svd: { learningRate: 10 } }, force: true };
    await expect(trainWith(diverging)).rejects.toMatchObject({ code: "analysis" });
    expect(stores.tracker.runs.map(({ status }) => status)).toEqual(["finished", "failed", "failed"]);
    expect(stores.tracker.runs[2]?.message).toContain("diverged");
    expect(await championVersion()).toBe(1);
  });

  test("a cancelled training ends as cancelled and leaves the champion", async () => {
    await trainWith();
    const controller = new AbortController();
    const training = trainWith({
      models: ["svd"],
      force: true,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(training).rejects.toMatchObject({ code: "aborted" });
    expect(stores.tracker.runs[1]?.status).toBe("cancelled");
    expect(await championVersion()).toBe(1);
    expect(stores.objects.contents.size).toBe(2);
  });

  test("a champion that changed meanwhile is not overwritten", async () => {
    await trainWith({ models: ["normal-predictor"] });
    const second = trainWith({
      models: ["baseline-only"],
      objects: {
        ...stores.objects,
        // Somebody else promotes while the new model is being stored.
        async put(...args) {
          if (args[0].includes("run-2")) await trainWith({ models: ["normal-predictor"], force: true });
          return stores.objects.put(...args);
        },
      },
    });
    await expect(second).rejects.toMatchObject({ code: "conflict" });
    expect(stores.tracker.runs[1]?.status).toBe("failed");
    expect((await loadChampion(stores, "Best_Film_Recommender"))?.model.algorithm).toBe("normal-predictor");
  });
});

test("on the demo's size SVD beats the baselines, and these beat chance", async () => {
  const demo = synthesizeFilms({ users: 600, items: 900, ratings: 60_000 }).table();
  const error = async (name: string) => (await crossValidate(demo, createRecommender(name))).rmse.mean;
  const [svd, baseline, chance] = [
    await error("svd"),
    await error("baseline-only"),
    await error("normal-predictor"),
  ];
  expect(svd).toBeLessThan(0.96 * baseline);
  expect(baseline).toBeLessThan(0.8 * chance);
}, 120_000);

/** The same pairs with their ratings dealt out anew: nothing to learn is left. */
function shuffledRatings(original: RatingTable): RatingTable {
  const order = createRandom(1).shuffle(Int32Array.from(original.ratings, (_, row) => row));
  return { ...original, ratings: Float64Array.from(order, (row) => original.ratings[row]!) };
}
