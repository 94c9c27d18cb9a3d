import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FakeMlflow, startFakeMlflow } from "@tamis/storage/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callTamis, callTamisJson } from "./testing/call-tamis.ts";
import { startTamis, tamis } from "./testing/spawn-tamis.ts";

let cwd: string;
let server: FakeMlflow;
let mlflow: string[];

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "tamis-mlflow-"));
  server = await startFakeMlflow();
  mlflow = ["--mlflow-url", server.url];
  const sizes = ["--ratings", "4000", "--users", "80", "--items", "120"];
  await callTamisJson(["generate", ...sizes, "--out", "films"], { cwd });
  await callTamisJson(["import", "movielens", "films"], { cwd });
}, 60_000);
afterAll(async () => {
  await server.stop();
  rmSync(cwd, { recursive: true, force: true });
});

const waiting = () => readdirSync(join(cwd, "tamis-data/mlflow"));

describe("an MLflow server beside our records", () => {
  it("gets the run, the model and its alias of a training, in the form that MLflow shows", async () => {
    const args = ["train", "--models", "normal-predictor,baseline-only", ...mlflow, "--json"];
    const { code, stdout, stderr } = await tamis(args, { cwd });
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("warn")]);
    const { run_id, reason } = JSON.parse(stdout) as Record<string, string>;
    expect(waiting()).toEqual([]);
    const [run] = [...server.runs.values()];
    expect(run).toMatchObject({ name: "Best_Film_Recommender", status: "FINISHED" });
    expect(run!.tags.get("tamis.run_id")).toBe(run_id);
    expect(run!.tags.get("mlflow.note.content")).toBe(reason);
    expect(run!.params.get("folds")).toBe("3");
    expect([...run!.metrics.values()].map(({ key }) => key)).toContain("baseline_only_rmse");
    const model = server.models.get("Best_Film_Recommender")!;
    expect(model.versions).toMatchObject([{ version: "1", runId: run!.id, description: reason }]);
    expect(Object.fromEntries(model.aliases)).toEqual({ champion: "1" });
    expect([...server.artifacts.keys()].map((path) => path.replace(/^.*artifacts\//, ""))).toEqual(
      expect.arrayContaining(["model-1/model.safetensors", "model-1/MLmodel"]),
    );
  });

  it("does not stop a training by being away; replay sends it later", async () => {
    await server.stop();
    const train = await tamis(["train", "--models", "normal-predictor", "--force", ...mlflow, "--json"], {
      cwd,
    });
    expect(train.code).toBe(0);
    expect(train.stderr).toMatch(/MLflow did not take everything/);
    expect(waiting()).toHaveLength(1);
    const early = await callTamis(["mlflow", "replay", ...mlflow, "--json"], { cwd });
    expect(early.code).toBe(75);
    expect(JSON.parse(early.stdout)).toMatchObject({ sent: 0, failure: expect.stringContaining("reached") });

    await server.start();
    const replayed = await callTamisJson(["mlflow", "replay", ...mlflow], { cwd });
    expect(replayed).toMatchObject({ waiting: 0, set_aside: [], failure: null });
    expect(server.runs.size).toBe(2);
    const synced = await callTamisJson(["mlflow", "sync", ...mlflow], { cwd });
    expect(synced).toMatchObject({
      runs: { sent: 0, present: 2, refused: [] },
      models: { Best_Film_Recommender: { versions: 1, aliases: 2, without_run: [] } },
    });
    const { aliases } = server.models.get("Best_Film_Recommender")!;
    expect(Object.fromEntries(aliases)).toEqual({ champion: "2", previous: "1" });
  }, 60_000);

  it("is told by the trainings of the service too", async () => {
    const service = startTamis(["serve", "--port", "0", ...mlflow], { cwd });
    const stderr = await service.stderrMatching(/Tamis listens on (\S+)/);
    const [, url] = /Tamis listens on (\S+)/.exec(stderr) ?? [];
    const before = server.runs.size;
    const answer = await fetch(`${url}/training/`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ force: true }),
    });
    expect(answer.status).toBeLessThan(300);
    await service.stderrMatching(/run finished/);
    service.child.kill("SIGTERM");
    expect(await service.ended).toMatchObject({ code: 0 });
    expect(server.runs.size).toBe(before + 1);
    expect([...server.runs.values()].at(-1)).toMatchObject({ status: "FINISHED" });
    expect(Object.fromEntries(server.models.get("Best_Film_Recommender")!.aliases).champion).toBe("3");
  }, 120_000);

  it("says so when none is configured", async () => {
    for (const verb of ["replay", "sync"]) {
      const { code, stderr } = await callTamis(["mlflow", verb], { cwd });
      expect([code, stderr]).toEqual([2, expect.stringContaining("TAMIS_MLFLOW_URL")]);
    }
  });
});
