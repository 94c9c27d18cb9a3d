import type { ModelCatalog } from "@tamis/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { openTamis, type Tamis } from "../open.ts";
import { modelCatalog } from "../sql/models.ts";
import { runTracker } from "../sql/run-tracker.ts";
import { type FakeMlflowOptions, startFakeMlflow } from "../testing/fake-mlflow/fake-mlflow.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { openMlflow } from "./open-mlflow.ts";

async function mirrored(options: FakeMlflowOptions = {}) {
  const server = await startFakeMlflow(options);
  const tamis = await openTamis({ dataDir: await temporaryFolder() });
  const retry = { sleep: async () => {} };
  const mlflow = openMlflow(tamis, { url: server.url, credentials: () => ({}), retry });
  onTestFinished(async () => {
    await mlflow.close();
    await tamis.close();
    await server.stop();
  });
  const train = (promoted: boolean) => trainOnce(tamis, mlflow.mirror(runTracker(tamis)), promoted);
  return { server, tamis, mlflow, catalog: modelCatalog(tamis.records), train };
}

/** What a training does: a run, the files of a version, the version, perhaps the alias, the verdict. */
async function trainOnce(tamis: Tamis, tracker: ReturnType<typeof runTracker>, promoted: boolean) {
  const catalog: ModelCatalog = modelCatalog(tamis.records);
  const runId = await tracker.start({ experiment: "films", name: "svd" });
  const folder = `models/films/${runId}`;
  const file = new Uint8Array(300_000).fill(7);
  const { sha256, bytes } = await tamis.objects.put(`${folder}/model.safetensors`, file);
  await tamis.objects.put(`${folder}/cold-start.safetensors`, Buffer.from("cold"));
  const { version } = await catalog.add({
    ...{ model: "films", runId, algorithm: "svd", options: { factors: 100, note: "it's" }, seed: 42 },
    ...{ snapshot: "a".repeat(64), metrics: { rmse: 0.93 }, objectKey: `${folder}/model.safetensors` },
    ...{ sha256, bytes },
  });
  const champion = await catalog.find("films", "champion");
  if (promoted) await catalog.promote("films", version, champion?.version ?? null, { actor: "test" });
  await tracker.finish(runId, "finished", `version ${version} is better`);
  return version;
}

describe("mirrorRegistry", () => {
  it("registers each version with its files, tags and verdict, and points the aliases", async () => {
    const { server, train } = await mirrored();
    await train(true);
    await train(true);
    const films = server.models.get("films")!;
    expect(films.versions.map(({ version, description }) => [version, description])).toEqual([
      ["1", "version 1 is better"],
      ["2", "version 2 is better"],
    ]);
    expect(Object.fromEntries(films.versions[0]!.tags)).toMatchObject({
      "tamis.version": "1",
      "tamis.algorithm": "svd",
      "tamis.sha256": expect.stringMatching(/^[0-9a-f]{64}$/),
      "tamis.verdict": "version 1 is better",
      rmse: "0.93",
    });
    expect(Object.fromEntries(films.aliases)).toEqual({ champion: "2", previous: "1" });
    const { source, runId } = films.versions[1]!;
    expect(source).toBe(`mlflow-artifacts:/1/${runId}/artifacts/model-2`);
    const stored = (name: string) => server.artifacts.get(`1/${runId}/artifacts/model-2/${name}`);
    expect(stored("model.safetensors")).toHaveLength(300_000);
    expect(String(stored("cold-start.safetensors"))).toBe("cold");
    expect(String(stored("MLmodel"))).toMatch(/^flavors:\n {2}tamis:\n {4}algorithm: "svd"$/m);
  });

  it("changes nothing when all is there, and puts an alias that was moved back", async () => {
    const { server, train, mlflow } = await mirrored();
    await train(true);
    await train(true);
    expect((await mlflow.sync()).models).toEqual({ films: { versions: 0, aliases: 0, withoutRun: [] } });
    const films = server.models.get("films")!;
    films.aliases.set("champion", "1");
    films.aliases.set("previous_ranker", "1");
    films.aliases.set("theirs", "1");
    expect((await mlflow.sync()).models).toMatchObject({ films: { versions: 0, aliases: 2 } });
    expect(Object.fromEntries(films.aliases)).toEqual({ champion: "2", previous: "1", theirs: "1" });
  });

  it("follows a rollback, and what happened while MLflow was away", async () => {
    const { server, train, mlflow, catalog } = await mirrored();
    await train(true);
    await train(true);
    await server.stop();
    await catalog.promote("films", 1, 2, { actor: "test", kind: "roll_back" });
    await train(false);
    await server.start();
    expect((await mlflow.sync()).models).toMatchObject({ films: { versions: 1, aliases: 2 } });
    expect(Object.fromEntries(server.models.get("films")!.aliases)).toEqual({ champion: "1", previous: "2" });
  });

  it("registers a version once, also when answers are lost", async () => {
    const { server, train } = await mirrored();
    for (const path of ["registered-models/create", "model-versions/create", "registered-models/alias"]) {
      server.faults.push({ path, answer: 500, done: true });
    }
    await train(true);
    expect(server.faults).toEqual([]);
    expect(server.models.get("films")!.versions).toHaveLength(1);
  });

  it("maps our numbers where MLflow counts otherwise", async () => {
    const { server, train } = await mirrored();
    await train(true);
    // Somebody registered one by hand in between.
    const films = server.models.get("films")!;
    films.versions.push({
      version: "2",
      source: "s3://x",
      runId: undefined,
      description: "",
      tags: new Map(),
    });
    await train(true);
    expect(Object.fromEntries(films.aliases)).toEqual({ champion: "3", previous: "1" });
    expect(films.versions[2]!.tags.get("tamis.version")).toBe("2");
  });

  it("registers a version also where it cannot store files", async () => {
    const { server, train } = await mirrored({ artifactRoot: "/var/mlruns" });
    await train(true);
    expect(server.models.get("films")!.versions).toHaveLength(1);
    expect(server.artifacts.size).toBe(0);
  });
});
