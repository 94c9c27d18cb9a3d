import { describe, expect, it, onTestFinished } from "vitest";
import { type FakeMlflowOptions, startFakeMlflow } from "../testing/fake-mlflow/fake-mlflow.ts";
import { runTrackerContract } from "../testing/run-tracker-contract.ts";
import { findMlflowRun } from "./find-mlflow-run.ts";
import { type MlflowClientOptions, mlflowClient } from "./mlflow-client.ts";
import { mlflowTracker } from "./mlflow-tracker.ts";

/** A server of this test alone, and a tracker on it that waits for nothing. */
async function onFake(options: FakeMlflowOptions = {}, more: Partial<MlflowClientOptions> = {}) {
  const server = await startFakeMlflow(options);
  onTestFinished(() => server.stop());
  const waits: number[] = [];
  const retry = { sleep: async (ms: number) => void waits.push(ms), random: () => 1 };
  const client = mlflowClient({ url: server.url, credentials: () => ({}), retry, ...more });
  return { server, client, waits, tracker: mlflowTracker(client) };
}

const newRun = { experiment: "films", name: "svd" };

describe("mlflowTracker on a strict stand-in for MLflow", () => {
  runTrackerContract({
    async open() {
      const server = await startFakeMlflow();
      const client = mlflowClient({ url: server.url, credentials: () => ({}) });
      return {
        tracker: mlflowTracker(client),
        find: (runId) => findMlflowRun(client, runId),
        async artifact(runId, path) {
          const folder = `${server.runs.get(runId)?.experimentId}/${runId}/artifacts`;
          return server.artifacts.get(`${folder}/${path}`)?.toString("utf8");
        },
        close: () => server.stop(),
      };
    },
  });

  it("stays under every limit of a batch, and all of it arrives", async () => {
    const { server, tracker, client } = await onFake();
    const id = await tracker.start(newRun);
    const numbers = Array.from({ length: 2345 }, (_, i) => i);
    const parameters = Object.fromEntries(numbers.slice(0, 345).map((i) => [`p ${i} é`, "é".repeat(6000)]));
    await tracker.logParameters(id, parameters);
    const texts = Object.fromEntries(numbers.slice(0, 150).map((i) => [`t${i}`, "1"]));
    await tracker.logParameters(id, texts);
    await tracker.logMetrics(id, Object.fromEntries(numbers.map((i) => [`m${i}`, i / 7])), 3);
    const tags = Object.fromEntries(numbers.slice(0, 250).map((i) => [`tag${i}`, "x".repeat(250)]));
    const tagged = await tracker.start({ ...newRun, tags });

    const run = await findMlflowRun(client, id);
    expect(run?.parameters).toEqual({ ...parameters, ...texts });
    expect(run?.metrics).toEqual(Object.fromEntries(numbers.map((i) => [`m${i}`, i / 7])));
    expect((await findMlflowRun(client, tagged))?.tags).toEqual(tags);
    expect(server.requests.filter((request) => request.endsWith("log-batch")).length).toBeLessThan(20);
  });

  it("refuses what is too long for MLflow, by name, and sends nothing of it", async () => {
    const { server, tracker } = await onFake();
    const id = await tracker.start(newRun);
    for (const [call, name] of [
      [() => tracker.logParameters(id, { ok: 1, options: "x".repeat(6001) }), "options"],
      [() => tracker.logParameters(id, { ok: 1, ["k".repeat(251)]: 1 }), "kkk"],
      [() => tracker.logMetrics(id, { ok: 1, ["é".repeat(40)]: 1 }), "ééé"],
      [() => tracker.logParameters(id, { "": 1 }), "is empty"],
      [() => tracker.start({ ...newRun, experiment: "e".repeat(501) }), "experiment"],
    ] as const) {
      await expect(call()).rejects.toMatchObject({
        code: "invalid_input",
        message: expect.stringContaining(name),
      });
    }
    expect(server.runs.size).toBe(1);
    expect(server.runs.get(id)?.params.size).toBe(0);
    expect(server.runs.get(id)?.metrics.size).toBe(0);
  });

  it("names the snapshot as a data set, its digest cut to what MLflow takes and whole in a tag", async () => {
    const { server, tracker } = await onFake();
    const snapshot = "0123456789abcdef".repeat(4);
    const run = server.runs.get(await tracker.start({ ...newRun, snapshot }));
    expect(run?.inputs).toMatchObject([{ name: "snapshot", digest: snapshot.slice(0, 36) }]);
    expect(run?.inputs[0]?.source).toContain(snapshot);
    expect(run?.tags.get("tamis.snapshot")).toBe(snapshot);
  });

  it("ends runs as FINISHED, FAILED and KILLED, with a note", async () => {
    const { server, tracker } = await onFake();
    for (const [status, name] of [
      ["finished", "FINISHED"],
      ["failed", "FAILED"],
      ["cancelled", "KILLED"],
    ] as const) {
      const id = await tracker.start(newRun);
      await tracker.finish(id, status, "x".repeat(6000));
      expect(server.runs.get(id)).toMatchObject({ status: name, endTime: expect.any(Number) });
      expect(server.runs.get(id)?.tags.get("mlflow.note.content")).toHaveLength(5000);
    }
  });

  it("makes one experiment when two make it at once", async () => {
    const { server, tracker } = await onFake();
    await Promise.all(Array.from({ length: 8 }, () => tracker.start(newRun)));
    expect([...server.experiments.values()].map(({ name }) => name)).toEqual(["Default", "films"]);
  });

  it("says so when the experiment was deleted there", async () => {
    const { server, tracker } = await onFake();
    await tracker.start(newRun);
    server.experiments.get("1")!.lifecycle = "deleted";
    await expect(tracker.start(newRun)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("restore"),
    });
  });

  it("waits as long as a 429 asks, and doubles its waits for 500", async () => {
    const { server, tracker, waits } = await onFake();
    const id = await tracker.start(newRun);
    server.faults.push(
      { path: "log-batch", answer: 429, headers: { "retry-after": "7" } },
      { path: "log-batch", answer: 500 },
      { path: "log-batch", answer: "reset" },
    );
    await tracker.logMetrics(id, { rmse: 1 });
    expect(waits).toEqual([7000, 1000, 2000]);
    expect(server.runs.get(id)?.metrics.size).toBe(1);
  });

  it("leaves one of everything when answers are lost after the work was done", async () => {
    const { server, tracker } = await onFake();
    const lost = (path: string) => server.faults.push({ path, answer: 500, done: true });
    for (const path of ["experiments/create", "runs/create", "log-inputs"]) lost(path);
    const id = await tracker.start({ ...newRun, snapshot: "a".repeat(64) });
    lost("log-batch");
    await tracker.logParameters(id, { factors: 100 });
    lost("log-batch");
    await tracker.logMetrics(id, { rmse: 0.9 }, 1);
    lost("mlflow-artifacts");
    await tracker.logArtifact(id, { path: "log.txt", bytes: Buffer.from("one") });
    lost("runs/update");
    await tracker.finish(id, "finished", "done");
    expect(server.experiments.size).toBe(2);
    expect(server.runs.size).toBe(1);
    const run = server.runs.get(id)!;
    expect([...run.params]).toEqual([["factors", "100"]]);
    expect(run.metrics.size).toBe(1);
    expect(run.inputs).toHaveLength(1);
    expect(server.artifacts.size).toBe(1);
    expect(run.status).toBe("FINISHED");
  });

  it("refuses artifacts that only the server's own machine can store, with the remedy", async () => {
    for (const [artifactRoot, says] of [
      ["/var/mlruns", /folder of its own machine.*--serve-artifacts/],
      ["file:///var/mlruns", /folder of its own machine/],
      ["s3://models/mlflow", /bucket models, which was not opened/],
      ["mlflow-artifacts://elsewhere:5000", /another server, elsewhere:5000/],
      ["dbfs:/mlflow", /on dbfs:/],
    ] as const) {
      const { tracker } = await onFake({ artifactRoot });
      const id = await tracker.start(newRun);
      await expect(
        tracker.logArtifact(id, { path: "log.txt", bytes: Buffer.from("one") }),
      ).rejects.toMatchObject({ code: "unsupported", message: expect.stringMatching(says) });
    }
  });
});
