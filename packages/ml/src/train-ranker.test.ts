import { beforeEach, describe, expect, test } from "vitest";
import { defineRecommender } from "./define-recommender.ts";
import { rankValidate } from "./evaluate/rank-validate.ts";
import { createRecommender } from "./recommenders.ts";
import { findListMaker, loadChampion, loadVersion } from "./registry.ts";
import { synthesizeFilms } from "./synthesize/synthesize-films.ts";
import { memoryPorts } from "./testing/memory-ports.ts";
import { train } from "./train.ts";
import type { TrainRequest } from "./training-plan.ts";

const name = "Best_Film_Recommender";
const films = synthesizeFilms({ users: 80, items: 100, ratings: 4000 });
const table = films.table();

let stores: ReturnType<typeof memoryPorts>;
beforeEach(() => {
  stores = memoryPorts();
});

const trainWith = (models: readonly string[], more: Partial<TrainRequest> = {}) =>
  train({ table, snapshot: "snapshot-1", items: films.films.values(), ...stores, models, ...more });
const holder = async (role: "champion" | "ranker") =>
  (await stores.catalog.find(name, role))?.version ?? null;

describe("a training with models of ratings and models that rank", () => {
  test("fills both roles, each by its own figure, and shows ratings and lists side by side", async () => {
    const result = await trainWith(["baseline-only", "popularity", "ease"]);
    const expected = await rankValidate(table, createRecommender("popularity"), { folds: 3, seed: 42 });
    expect(result.roles).toEqual([
      {
        role: "champion",
        best: "baseline-only",
        version: 1,
        promoted: true,
        forced: false,
        reason: expect.any(String),
      },
      {
        role: "ranker",
        best: "popularity",
        version: 2,
        promoted: true,
        forced: false,
        reason: `promoted: NDCG@10 ${expected.metrics.ndcg.toFixed(4)} on 3 folds; there was no ranker`,
      },
    ]);
    expect(result).toMatchObject({ best: "baseline-only", version: 1, promoted: true });
    expect(result.reason).toBe(result.roles.map(({ reason }) => reason).join("; "));
    expect(result.metrics).toMatchObject({
      baseline_only_rmse: expect.any(Number),
      baseline_only_ndcg: expect.any(Number),
      ease_ndcg: expect.any(Number),
      popularity_ndcg: expected.metrics.ndcg,
      popularity_recall: expected.metrics.recall,
      popularity_catalogue_coverage: expected.metrics.catalogueCoverage,
      best_ndcg: expected.metrics.ndcg,
    });
    expect(result.metrics).not.toHaveProperty("ease_rmse");
    expect([await holder("champion"), await holder("ranker")]).toEqual([1, 2]);
    expect(stores.tracker.runs[0]?.parameters).toMatchObject({
      best_algorithm: "baseline-only",
      is_best: true,
      ranker_algorithm: "popularity",
      ranker_is_best: true,
    });
  });

  test("both versions of one run load, the ranker with a whole cold start; it makes the lists", async () => {
    await trainWith(["baseline-only", "popularity"]);
    const version = await findListMaker(stores.catalog, name);
    expect(version).toMatchObject({ version: 2, algorithm: "popularity", aliases: ["ranker"] });
    const { model, coldStart } = await loadVersion(stores.objects, version!);
    expect(model.kind).toBe("ranking");
    expect(coldStart.itemCount).toBe(100);
    expect((await loadChampion(stores, name))?.model.algorithm).toBe("baseline-only");
  });

  test("only ranking models leave the champion alone; without a ranker the champion makes the lists", async () => {
    await trainWith(["baseline-only"]);
    expect((await findListMaker(stores.catalog, name))?.version).toBe(1);
    const result = await trainWith(["popularity"]);
    expect(result).toMatchObject({ best: "popularity", version: 2, roles: [{ role: "ranker" }] });
    expect([await holder("champion"), await holder("ranker")]).toEqual([1, 2]);
  });

  test("a ranker only gives way to one of higher NDCG, whatever the RMSE of a champion", async () => {
    await trainWith(["popularity"]);
    const worse = await trainWith(["ease"]);
    expect(worse).toMatchObject({ promoted: false, version: null });
    expect(worse.reason).toMatch(
      /^not promoted: NDCG@10 \S+ vs ranker v1 \S+ on the same 3 folds \(.*\); needs > /,
    );
    expect(worse.metrics.ranker_ndcg).toBeGreaterThan(worse.metrics.best_ndcg!);
    const forced = await trainWith(["ease"], { force: true });
    expect(forced).toMatchObject({ promoted: true, version: 2 });
    const better = await trainWith(["ease", "popularity"]);
    expect(better).toMatchObject({ promoted: true, version: 3, best: "popularity" });
    expect(await stores.catalog.find(name, "previous_ranker")).toMatchObject({ version: 2 });
  });
});

describe("an algorithm of one's own", () => {
  const half = defineRecommender({
    algorithm: "the-middle",
    fit: () => ({ middle: Float64Array.of(3) }),
    estimate: ({ middle }) => middle[0],
  });

  test("is trained, promoted, held to the figures of the next one, and restored", async () => {
    const first = await trainWith(["the-middle"], { recommenders: [half] });
    expect(first).toMatchObject({ best: "the-middle", version: 1, promoted: true });
    await expect(loadChampion(stores, name)).rejects.toMatchObject({ code: "unsupported" });
    const champion = await loadChampion(stores, name, [half]);
    expect(champion?.model.predict("anybody", "anything").value).toBe(3);
    const second = await trainWith(["the-middle", "baseline-only"], { recommenders: [half], seed: 7 });
    expect(second).toMatchObject({ best: "baseline-only", version: 2, promoted: true });
    expect(second.metrics.champion_rmse).toBe(second.metrics.the_middle_rmse);
  });
});
