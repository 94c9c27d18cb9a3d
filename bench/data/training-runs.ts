import type { ObjectStore } from "@tamis/core";
import { type Records, runTracker, writeTransaction } from "../../packages/storage/src/index.ts";

const models = ["svd", "knn_basic", "normal_predictor"];
const folds = 3;

/** Nothing of a run here is a file. */
const noObjects = {} as ObjectStore;

/** Runs as a training of three models leaves them, a minute apart, told to the tracker as it tells them. */
export async function recordRuns(records: Records, count: number): Promise<void> {
  for (let first = 0; first < count; first += 500) {
    await writeTransaction(records, async (transaction) => {
      for (let run = first; run < Math.min(first + 500, count); run++) await recordRun(transaction, run);
    });
  }
}

async function recordRun(records: Records, run: number): Promise<void> {
  const at = new Date(Date.UTC(2026, 0, 1) + run * 60_000);
  const host = { node: "v20.19.0", platform: "linux", architecture: "x64", cpu: "some", cpus: 2 };
  const tracker = runTracker({ records, objects: noObjects }, { now: () => at, codeVersion: "0.1.0", host });
  const id = await tracker.start({
    experiment: `Experiment ${run % 5}`,
    name: "Best_Film_Recommender",
    snapshot: String(run % 50).padStart(64, "0"),
    seed: 42,
  });
  const parameters = { ratings: 100_000, users: 943, items: 1682, folds, seed: 42, margin: 0, force: false };
  await tracker.logParameters(id, { models: models.join(","), sample: 100_000, ...parameters });
  const rmse = (model: number, fold: number) => 0.9 + model / 10 + ((run * 7919 + fold * 31) % 10_007) / 1e5;
  for (const [model, name] of models.entries()) {
    for (let fold = 1; fold <= folds; fold++) {
      const value = rmse(model, fold);
      const figures = { [`${name}_fold_rmse`]: value, [`${name}_fold_mae`]: value * 0.78 };
      await tracker.logMetrics(id, { ...figures, [`${name}_fold_fcp`]: 0.7 }, fold);
    }
    const value = rmse(model, 0);
    const figures = { [`${name}_rmse`]: value, [`${name}_rmse_sd`]: 0.002, [`${name}_mae`]: value * 0.78 };
    await tracker.logMetrics(id, { ...figures, [`${name}_fit_seconds`]: 3, [`${name}_test_seconds`]: 1 });
  }
  await tracker.logMetrics(id, { best_rmse: rmse(0, 0), champion_rmse: 0.93, total_seconds: 20 });
  if (run % 50 > 0) await tracker.finish(id, run % 11 === 0 ? "failed" : "finished", "not promoted: …");
}
