import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createLog, type LogRecord, type RunTracker } from "@tamis/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { openTamis } from "../open.ts";
import { runTracker } from "../sql/run-tracker.ts";
import { findRun } from "../sql/runs.ts";
import { type FakeMlflowOptions, startFakeMlflow } from "../testing/fake-mlflow/fake-mlflow.ts";
import { runTrackerContract } from "../testing/run-tracker-contract.ts";
import { startModule } from "../testing/start-module.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { findMlflowRun } from "./find-mlflow-run.ts";
import { mlflowClient } from "./mlflow-client.ts";
import { type OpenMlflowOptions, openMlflow } from "./open-mlflow.ts";

const credentials = () => ({});
const atOnce = { sleep: async () => {}, random: () => 0 };

/** Stores and a server of this test alone; `open` is another process's view of both. */
async function mirrored(options: Partial<OpenMlflowOptions> & FakeMlflowOptions = {}) {
  const server = await startFakeMlflow(options);
  const tamis = await openTamis({ dataDir: await temporaryFolder() });
  const logged: LogRecord[] = [];
  const log = createLog({ sinks: [{ write: (record) => void logged.push(record) }] });
  // Each look at the clock is a minute later: a server that was away is asked again at once.
  let minute = Date.UTC(2026, 0, 1);
  const now = () => {
    minute += 60_000;
    return new Date(minute);
  };
  const open = () => openMlflow(tamis, { url: server.url, credentials, log, now, retry: atOnce, ...options });
  const mlflow = open();
  onTestFinished(async () => {
    await mlflow.close();
    await tamis.close();
    await server.stop();
  });
  const spooled = () => readdir(join(tamis.dataDir, "mlflow")).catch(() => [] as string[]);
  return { server, tamis, logged, open, mlflow, spooled, tracker: mlflow.mirror(runTracker(tamis)) };
}

const newRun = { experiment: "films", name: "svd", snapshot: "a".repeat(64), seed: 42, tags: { café: 7 } };

/** What a training says. */
async function train(tracker: RunTracker, name = "svd"): Promise<string> {
  const id = await tracker.start({ ...newRun, name });
  await tracker.logParameters(id, { factors: 100, biased: true, note: "1" });
  for (let fold = 0; fold < 3; fold++) await tracker.logMetrics(id, { rmse: 0.9 + fold / 100 }, fold);
  await tracker.logArtifact(id, { path: "log.txt", bytes: Buffer.from("été") });
  await tracker.finish(id, "finished", `${name} is better`);
  return id;
}

describe("openMlflow", () => {
  runTrackerContract({
    async open() {
      const server = await startFakeMlflow();
      const tamis = await openTamis({ dataDir: await temporaryFolder() });
      const mlflow = openMlflow(tamis, { url: server.url, credentials, retry: atOnce });
      return {
        tracker: mlflow.mirror(runTracker(tamis)),
        find: (runId) => findRun(tamis.records, runId),
        async artifact(runId, path) {
          const chunks = await tamis.objects.get(`runs/${runId}/${path}`);
          if (!chunks) return undefined;
          const parts: Uint8Array[] = [];
          for await (const part of chunks) parts.push(part);
          return Buffer.concat(parts).toString("utf8");
        },
        async close() {
          await mlflow.close();
          await tamis.close();
          await server.stop();
        },
      };
    },
  });

  it("tells MLflow what our records say, once a run has ended, and keeps nothing back", async () => {
    const { server, tamis, tracker, spooled, logged } = await mirrored();
    const id = await train(tracker);
    expect(await spooled()).toEqual([]);
    expect(logged).toEqual([]);
    const [theirs] = [...server.runs.values()];
    const client = mlflowClient({ url: server.url, credentials });
    const { startedAt, endedAt, ...said } = (await findRun(tamis.records, id))!;
    expect(await findMlflowRun(client, theirs!.id)).toMatchObject({ ...said, runId: theirs!.id });
    expect(theirs!.tags.get("tamis.run_id")).toBe(id);
    expect([...theirs!.metrics.values()].map(({ step }) => step)).toEqual([0, 1, 2]);
    expect([...server.artifacts.values()].map(String)).toEqual(["été"]);
  });

  it("lets a training go on while MLflow is away, and sends all of it in order later, once", async () => {
    const { server, tamis, tracker, open, spooled, logged } = await mirrored();
    await server.stop();
    const ids = [await train(tracker, "one"), await train(tracker, "two")];
    for (const id of ids) expect(await findRun(tamis.records, id)).toMatchObject({ status: "finished" });
    expect(await spooled()).toHaveLength(2);
    expect(logged[0]).toMatchObject({ level: "warn", message: expect.stringContaining("waits") });
    expect(await open().replay()).toMatchObject({ sent: 0, waiting: 14, failure: { code: "unavailable" } });

    await server.start();
    expect(await open().replay()).toEqual({ sent: 14, waiting: 0, setAside: [] });
    expect(await open().replay()).toEqual({ sent: 0, waiting: 0, setAside: [] });
    expect(await spooled()).toEqual([]);
    const found = [...server.runs.values()];
    expect(found.map(({ name, status }) => [name, status])).toEqual([
      ["one", "FINISHED"],
      ["two", "FINISHED"],
    ]);
    for (const [i, { tags, metrics, params, startTime }] of found.entries()) {
      expect(tags.get("tamis.run_id")).toBe(ids[i]);
      expect(metrics.size).toBe(3);
      expect(params.size).toBe(3);
      expect(startTime).toBeLessThan(Date.UTC(2026, 0, 2)); // when it was, not when it was sent
    }
  });

  it("leaves the same whatever fails while it replays, and wherever it is stopped", async () => {
    const { server, tracker, open, spooled } = await mirrored({ retry: { attempts: 1 } });
    await server.stop();
    await train(tracker);
    await server.start();
    const batches = ["log-batch", "log-batch", "log-batch"];
    const before = ["experiments/create", "runs/create", "log-inputs"];
    for (const path of [...before, ...batches, "artifacts/", "set-tag", "runs/update"]) {
      server.faults.push({ path, answer: 500, done: true });
      expect((await open().replay()).failure).toMatchObject({ code: "unavailable" });
      server.faults.push({ path: "", answer: "reset" });
      expect((await open().replay()).failure).toMatchObject({ code: "unavailable" });
    }
    expect((await open().replay()).failure).toBeUndefined();
    expect(await spooled()).toEqual([]);
    expect(server.runs.size).toBe(1);
    const [run] = [...server.runs.values()];
    expect(run).toMatchObject({ status: "FINISHED" });
    expect([run!.metrics.size, run!.params.size, run!.inputs.length]).toEqual([3, 3, 1]);
  });

  it("opens a run once when several replay at once", async () => {
    const { server, tracker, open } = await mirrored();
    await server.stop();
    await train(tracker);
    await server.start();
    const replayed = await Promise.all([open().replay(), open().replay(), open().replay()]);
    expect(replayed.map(({ sent }) => sent).sort()).toEqual([0, 0, 7]);
    expect(server.runs.size).toBe(1);
  });

  it("sets aside what MLflow refuses, with the reason, and does not send it again", async () => {
    const { server, tamis, tracker, open, logged } = await mirrored();
    const id = await tracker.start(newRun);
    await tracker.logParameters(id, { ok: 1 });
    await tracker.logParameters(id, { long: "x".repeat(7000), lost: 1 });
    await tracker.finish(id, "finished", "done");
    const [run] = [...server.runs.values()];
    expect(run).toMatchObject({ status: "FINISHED", params: new Map([["ok", "1"]]) });
    const file = join(tamis.dataDir, "mlflow", `${id}.refused.jsonl`);
    expect(await readFile(file, "utf8")).toContain("The parameter “long” has 7000 characters");
    expect(logged.at(-1)?.fields).toMatchObject({ file, reason: expect.stringContaining("long") });
    const before = server.requests.length;
    expect(await open().replay()).toEqual({ sent: 0, waiting: 0, setAside: [] });
    expect(server.requests.length).toBe(before);
  });

  it("keeps everything while the credentials are wrong: that is nothing of the entries", async () => {
    const { tracker, spooled, logged, open } = await mirrored({ authorization: "Bearer another" });
    await train(tracker);
    expect(await spooled()).toHaveLength(1);
    expect(logged[0]?.fields.error).toMatchObject({
      message: expect.stringContaining("MLFLOW_TRACKING_TOKEN"),
    });
    expect(await open().replay()).toMatchObject({ waiting: 7, failure: { code: "unauthenticated" } });
  });

  it("does not wait longer for a slow server than it was told to", async () => {
    const { tracker, spooled, logged, tamis } = await mirrored({
      patienceMs: 20,
      retry: { sleep: (_, signal) => new Promise((_, no) => signal?.addEventListener("abort", no)) },
      url: "http://127.0.0.1:1",
    });
    const id = await train(tracker);
    expect(await findRun(tamis.records, id)).toMatchObject({ status: "finished" });
    expect(await spooled()).toHaveLength(1);
    expect(logged.map(({ message }) => message)).toEqual([expect.stringContaining("is slow")]);
  });

  it("closes in MLflow the run of a process that was killed, as our records close it", async () => {
    const { server, tamis, open, spooled } = await mirrored();
    const killed = startModule(`
      const source = "${new URL("..", import.meta.url).href}";
      const { openTamis } = await import(source + "open.ts");
      const { runTracker } = await import(source + "sql/run-tracker.ts");
      const { openMlflow } = await import(source + "mlflow/open-mlflow.ts");
      const tamis = await openTamis({ dataDir: ${JSON.stringify(tamis.dataDir)} });
      const mlflow = openMlflow(tamis, { url: "http://127.0.0.1:1", credentials: () => ({}) });
      const tracker = mlflow.mirror(runTracker(tamis));
      const id = await tracker.start({ experiment: "films", name: "svd" });
      await tracker.logParameters(id, { factors: 100 });
      console.log(id);
      setInterval(() => {}, 1000);`);
    const id = await killed.nextLine();
    killed.child.kill("SIGKILL");
    await killed.exit;
    expect(await open().replay()).toMatchObject({ sent: 2, waiting: 0 });
    const [run] = [...server.runs.values()];
    expect(run).toMatchObject({ status: "RUNNING", params: new Map([["factors", "100"]]) });
    expect(await spooled()).toHaveLength(1);

    await runTracker(tamis).finish(id, "failed", "It was killed.");
    expect(await open().replay()).toMatchObject({ sent: 1, waiting: 0 });
    expect(run).toMatchObject({ status: "FAILED" });
    expect(run!.tags.get("mlflow.note.content")).toBe("It was killed.");
    expect(await spooled()).toEqual([]);
  });

  it("syncs runs from before there was a mirror, with their history and files, and only those", async () => {
    const { server, tamis, mlflow, tracker } = await mirrored();
    const alone = runTracker(tamis);
    const before = await train(alone, "before");
    const open = await alone.start(newRun);
    await train(tracker, "mirrored");
    const { runs } = await mlflow.sync();
    expect(runs).toEqual({ sent: 1, present: 1, refused: [] });
    expect((await mlflow.sync()).runs).toEqual({ sent: 0, present: 2, refused: [] });
    const found = [...server.runs.values()].find(({ name }) => name === "before")!;
    expect(found.tags.get("tamis.run_id")).toBe(before);
    expect([...found.metrics.values()].map(({ step }) => step)).toEqual([0, 1, 2]);
    expect(found.startTime).toBe((await findRun(tamis.records, before))?.startedAt.getTime());
    expect(server.artifacts.size).toBe(2);
    expect([...server.runs.values()].some(({ tags }) => tags.get("tamis.run_id") === open)).toBe(false);
  });
});
