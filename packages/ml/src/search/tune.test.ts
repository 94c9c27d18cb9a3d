import { createRandom, type RatingTable } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { rankValidate } from "../evaluate/rank-validate.ts";
import { foldsFromPermutation, kFold } from "../evaluate/split.ts";
import { ease } from "../recommenders/ease.ts";
import { svd } from "../recommenders/svd.ts";
import { tableOf } from "../testing/small-tables.ts";
import { measureFold } from "./measure-fold.ts";
import type { SearchState } from "./search.ts";
import { strategyNames } from "./strategies.ts";
import { tune } from "./tune.ts";

/** Ratings that are a user's and an item's bias and noise: strong regularisation is right, factors are wrong. */
function biasedTable(seed = 1): RatingTable {
  const random = createRandom(seed);
  const draw = (length: number) => Array.from({ length }, () => random.normal(0, 0.5));
  const [users, items] = [draw(60), draw(40)];
  return tableOf(
    users.flatMap((userBias, user) =>
      items.flatMap((itemBias, item) => {
        const rating = Math.round(3 + userBias + itemBias + random.normal(0, 0.7));
        return random.uniform() < 0.6 ? [[user, item, Math.min(5, Math.max(1, rating))] as const] : [];
      }),
    ),
  );
}

const table = biasedTable();
const space = {
  regularization: { min: 0.001, max: 1, scale: "log" },
  factors: { values: [1, 30] },
} as const;
const options = { epochs: 12, learningRate: 0.02 };
const request = { table, model: "svd", options, space, trials: 12 };

describe("tune", () => {
  it("finds better options than it began with, and measures them on ratings that the search did not see", async () => {
    const found = await tune({ ...request, trials: 15 });
    expect(found.options).toMatchObject({ ...options, ...found.best.point, biased: true });
    expect(found.heldOut.metrics.rmse).toBeLessThan(found.untuned.metrics.rmse!);
    expect(found.untuned.options).toEqual(svd(options).options);

    const [outer] = kFold(table.length, { folds: 5, seed: 42 });
    const [inner] = foldsFromPermutation(outer!.train, 5);
    const held = new Set(outer!.test);
    for (const row of [...inner!.train, ...inner!.test]) expect(held).not.toContain(row);
    const best = svd(found.options);
    expect((await measureFold(table, best, inner!, ["rmse"])).rmse).toBe(found.best.score);
    const metrics = await measureFold(table, best, outer!, ["rmse", "mae", "ndcg"]);
    expect(found.heldOut).toEqual({ metrics, ratings: held.size });
  });

  it("means the folds when there are several, of the error that is asked for", async () => {
    const found = await tune({ ...request, trials: 1, folds: 3, metric: "mae" });
    const [outer] = kFold(table.length, { folds: 5, seed: 42 });
    const errors = [];
    for (const fold of foldsFromPermutation(outer!.train, 3)) {
      errors.push((await measureFold(table, svd(found.options), fold, ["mae"])).mae);
    }
    expect(found.best.score).toBeCloseTo(errors.reduce((sum, error) => sum + error, 0) / 3, 14);
  });

  it("resumes to what it would have been, and only on the same data and model", async () => {
    const whole = await tune({ ...request, trials: 12, data: "a" });
    let state: SearchState | undefined;
    await tune({
      ...request,
      trials: 9,
      data: "a",
      onTrial: (_, now) => {
        state = now;
      },
    });
    const resumed = await tune({ ...request, data: "a", state: JSON.parse(JSON.stringify(state)) });
    expect(resumed.best.point).toEqual(whole.best.point);
    expect(resumed.heldOut).toEqual(whole.heldOut);
    expect(resumed.trials.map(({ score }) => score)).toEqual(whole.trials.map(({ score }) => score));
    for (const other of [{ data: "b" }, { options: { epochs: 3 } }, { metric: "mae" as const }]) {
      const work = tune({ ...request, data: "a", ...other, state });
      await expect(work).rejects.toMatchObject({ code: "invalid_input", details: { part: "subject" } });
    }
  });

  it("tunes a ranking model by its lists, which is the NDCG@10 of rankValidate", async () => {
    const ranked = { table, model: "ease", strategy: "grid", trials: 4 } as const;
    const found = await tune({ ...ranked, space: { regularization: { values: [1, 50, 1000] } } });
    expect(found).toMatchObject({ metric: "ndcg", stoppedBy: "exhausted" });
    const scores = found.trials.map(({ score }) => score!);
    expect(found.best.score).toBe(Math.max(...scores));
    const [outer] = kFold(table.length, { folds: 5, seed: 42 });
    const { metrics } = await rankValidate(table, ease(found.options), { splits: [outer!] });
    expect(found.heldOut.metrics).toEqual({ ndcg: metrics.ndcg });
    const wrong = tune({ ...ranked, metric: "rmse" });
    await expect(wrong).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("ndcg"),
    });
  });

  it("halving stops the training of the best point where it was best", async () => {
    const found = await tune({ ...request, strategy: "halving", trials: 20, options: { epochs: 90 } });
    expect(new Set(found.trials.map(({ share }) => share)).size).toBeGreaterThan(1);
    expect(found.options.epochs).toBe(Math.round(90 * found.best.share));
    const halved = tune({
      ...request,
      model: "knn-basic",
      options: {},
      strategy: "halving",
      space: { k: { values: [1, 2] } },
    });
    await expect(halved).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("epochs"),
    });
  });

  it("passes over trials that diverge or cannot converge", async () => {
    const wild = { learningRate: { values: [0.01, 40] } };
    const found = await tune({ ...request, space: wild, strategy: "grid", trials: 9 });
    expect(found.trials.map(({ score }) => score === null).sort()).toEqual([false, true]);
    expect(found.options).toMatchObject({ learningRate: 0.01 });
  });

  it("passes over options that do not go together", async () => {
    const found = await tune({
      table,
      model: "item-knn",
      strategy: "grid",
      space: { weighting: { values: ["none", "bm25"] }, similarity: { values: ["cosine", "jaccard"] } },
    });
    expect(found.trials).toHaveLength(4);
    expect(found.trials.find(({ score }) => score === null)).toMatchObject({
      point: { weighting: "bm25", similarity: "jaccard" },
      failure: expect.stringContaining("jaccard"),
    });
  });

  it("refuses what it cannot search", async () => {
    const cases = [
      [{ model: "sdv" }, "svd"],
      [{ options: { epoch: 1 } }, "epochs"],
      [{ space: { factor: { values: [1] } } }, "factors"],
      [{ model: "baseline-only", options: {}, space: undefined }, "no search space for baseline-only"],
    ] as const;
    for (const [wrong, hint] of cases) {
      const { space: asked, ...rest } = { ...request, ...wrong };
      await expect(tune({ ...rest, ...(asked && { space: asked }) })).rejects.toMatchObject({
        code: "invalid_input",
        message: expect.stringContaining(hint),
      });
    }
    const aborted = tune({ ...request, signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: "aborted" });
  });
});

describe("trials that stop early", () => {
  const eager = {
    ...request,
    options: { learningRate: 0.05 },
    space: { ...space, epochs: { min: 2, max: 40, integer: true } },
    trials: 6,
    patience: 2,
  } as const;

  it("count as they were at their best, and the best options have those epochs", async () => {
    const found = await tune(eager);
    expect(Object.keys(found.best.point).sort()).toEqual(["factors", "regularization"]);
    const epochs = found.trials.map(({ settled }) => Number(settled!.epochs));
    expect(Math.min(...epochs)).toBeLessThan(38);
    expect(found.options).toMatchObject({ ...found.best.point, ...found.best.settled });
    const [outer] = kFold(table.length, { folds: 5, seed: 42 });
    const [inner] = foldsFromPermutation(outer!.train, 5);
    const best = svd(found.options);
    expect((await measureFold(table, best, inner!, ["rmse"])).rmse).toBe(found.best.score);
    expect((await measureFold(table, best, outer!, ["rmse"])).rmse).toBe(found.heldOut.metrics.rmse);
  });

  it("are the same in threads and after a rest, and take the mean of several folds", async () => {
    const whole = await tune({ ...eager, folds: 3 });
    let state: SearchState | undefined;
    const store = (_: unknown, now: SearchState) => {
      state = now;
    };
    await tune({ ...eager, folds: 3, trials: 3, parallel: 2, onTrial: store });
    const resumed = await tune({ ...eager, folds: 3, state: JSON.parse(JSON.stringify(state)) });
    const parts = ({ trials }: { trials: readonly object[] }) => trials.map((t) => ({ ...t, seconds: 0 }));
    expect(parts(resumed)).toEqual(parts(whole));
    expect(resumed.options).toEqual(whole.options);
    const other = tune({ ...eager, folds: 3, patience: 3, state });
    await expect(other).rejects.toMatchObject({ code: "invalid_input", details: { part: "subject" } });
  });

  it("are refused where there are no epochs, or nothing else to search", async () => {
    const ease = tune({ table, model: "ease", trials: 2, patience: 2 });
    await expect(ease).rejects.toThrow("ease has no epochs");
    const only = tune({ ...eager, space: { epochs: { values: [3, 9] } } });
    await expect(only).rejects.toThrow("fitUntilBest");
  });
});

describe("trials in threads", () => {
  const parallel = { table, model: "nmf", options: { epochs: 6 }, trials: 10 } as const;
  const nmfSpace = { factors: { min: 1, max: 12, integer: true }, regularizationPu: { min: 0.01, max: 1 } };
  const withoutTimes = ({ trials }: { trials: SearchState["trials"] | readonly object[] }) =>
    trials.map((trial) => ({ ...trial, seconds: 0 }));

  it.each(strategyNames)("are the ones of this thread, whatever their number: %s", async (strategy) => {
    const asked = { ...parallel, space: nmfSpace, strategy };
    const here = await tune({ ...asked, parallel: 1 });
    const states: SearchState[] = [];
    const there = await tune({ ...asked, parallel: 3, onTrial: (_, state) => void states.push(state) });
    expect(withoutTimes(there)).toEqual(withoutTimes(here));
    expect(there).toMatchObject({ options: here.options, heldOut: here.heldOut, untuned: here.untuned });
    const resumed = await tune({ ...asked, parallel: 2, state: JSON.parse(JSON.stringify(states[4])) });
    expect(withoutTimes(resumed)).toEqual(withoutTimes(here));
  });

  it("fail, tell how far they are, and are cancelled as in this one", async () => {
    const phases = new Set<string>();
    const wild = { learningRate: { values: [0.01, 40] } };
    const diverging = { ...request, space: wild, strategy: "grid", trials: 9, parallel: 2 } as const;
    const found = await tune({ ...diverging, onProgress: ({ phase }) => void phases.add(phase) });
    const { trials } = await tune({ ...diverging, parallel: 1 });
    expect(withoutTimes(found)).toEqual(withoutTimes({ trials }));
    expect(found.trials.filter(({ score }) => score === null)).toHaveLength(1);
    expect([...phases]).toEqual(expect.arrayContaining(["search", "trial 1: fit svd", "trial 2: fit svd"]));

    const stop = new AbortController();
    const endless = tune({
      ...parallel,
      options: { epochs: 1_000_000 },
      space: nmfSpace,
      parallel: 2,
      signal: stop.signal,
      onProgress: ({ phase, done }) => {
        if (phase === "trial 2: fit nmf" && done > 0) stop.abort();
      },
    });
    await expect(endless).rejects.toMatchObject({ code: "aborted" });
  });
});
