import { describe, expect, test } from "vitest";
import { presets } from "./presets.ts";
import { synthesizeFilms } from "./synthesize/synthesize-films.ts";
import { memoryPorts } from "./testing/memory-ports.ts";
import { trainSnapshot } from "./train-snapshot.ts";
import { trainingPipeline } from "./training-pipeline.ts";

const films = synthesizeFilms({ users: 60, items: 80, ratings: 2000 });
const table = films.table();

/** The ports of a training, with what was asked of them. */
function trainingPorts() {
  const asked: string[] = [];
  return {
    asked,
    ...memoryPorts(),
    async readData(snapshot: string) {
      asked.push(snapshot);
      return { table, snapshot: "digest-1", items: films.films };
    },
    async alone<T>(name: string, work: () => Promise<T>) {
      asked.push(`alone with ${name}`);
      return await work();
    },
  };
}

function runStep(ports: ReturnType<typeof trainingPorts>, config: Record<string, unknown>) {
  const step = trainingPipeline(ports).steps[0]!;
  return step.run({
    interval: { start: new Date(0), end: new Date(1) },
    config: step.config.parse(config),
    inputs: {},
    hold: { runId: "pipeline-run", token: 1, step: "train", attempt: 1 },
    signal: new AbortController().signal,
    onProgress: () => {},
  });
}

describe("the pipeline training", () => {
  test("answers the verdict; a refused candidate is an answer too", async () => {
    const ports = trainingPorts();
    const config = { models: ["baseline-only"] };
    expect(await runStep(ports, config)).toMatchObject({
      run_id: "run-1",
      best: "baseline-only",
      version: 1,
      promoted: true,
      forced: false,
      metrics: { best_rmse: expect.any(Number) },
      roles: [{ role: "champion", version: 1 }],
    });
    expect(ports.asked).toEqual(["alone with Best_Film_Recommender", "current"]);
    expect(ports.tracker.runs[0]).toMatchObject({
      snapshot: "digest-1",
      tags: { pipeline_run: "pipeline-run" },
    });
    expect(await runStep(ports, config)).toMatchObject({ run_id: "run-2", promoted: false, version: null });
    expect(ports.tracker.runs[1]).toMatchObject({ status: "finished" });
    expect(await runStep(ports, { ...config, force: true })).toMatchObject({ version: 2, forced: true });
  });

  test("refuses what it does not know before anything is done", () => {
    const { config } = trainingPipeline(trainingPorts()).steps[0]!;
    expect(() => config.parse({ forse: true })).toThrow("forse");
    expect(() => config.parse({ folds: 1 })).toThrow();
  });
});

test("a training takes the tuned options it is asked to, under those it is given", async () => {
  const ports = trainingPorts();
  await trainSnapshot(ports, { models: ["svd"], preset: true, options: { svd: { epochs: 2 } } });
  const stored = (await ports.catalog.find("Best_Film_Recommender", "champion"))?.options;
  expect(stored).toMatchObject({ ...presets.svd![0]!.options, epochs: 2 });
});
