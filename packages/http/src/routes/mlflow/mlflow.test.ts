import type { RunTracker } from "@tamis/core";
import { createToken, findRun, modelCatalog, runTracker } from "@tamis/storage";
import { findMlflowRun, type MlflowClient, mlflowClient } from "@tamis/storage/mlflow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Service, serve } from "../../serve.ts";
import { importFilms, type OpenService, openService, trainModel } from "../../testing/open-service.ts";

let service: OpenService;
let listening: Service;
let client: MlflowClient;
let trained: string;
let odd: string;

beforeAll(async () => {
  service = await openService();
  await importFilms(service);
  await trainModel(service, 42, ["normal-predictor"]);
  await trainModel(service, 43, ["normal-predictor"]);
  trained = (await modelCatalog(service.tamis.records).list("Best_Film_Recommender"))[0]!.runId;
  odd = await oddRun(runTracker(service.tamis));
  listening = await serve(service.app, { host: "127.0.0.1", port: 0 });
  client = mlflowClient({ url: listening.url, credentials: () => ({}), retry: { attempts: 1 } });
}, 120_000);
afterAll(async () => {
  await listening.close();
  await service.close();
});

/** A run with everything that is written otherwise in MLflow. */
async function oddRun(tracker: RunTracker): Promise<string> {
  const id = await tracker.start({
    ...{ experiment: "été", name: "odd", snapshot: "a".repeat(64), seed: 7 },
    tags: { "tamis.run_id": "mine", "a//b": 7, owner: 'ann\'s "x"' },
  });
  await tracker.logParameters(id, {
    "top n": 10,
    biased: true,
    text: "1",
    "f@1": "true",
    long: "x".repeat(7000),
  });
  for (const step of [0, 1, 2])
    await tracker.logMetrics(id, { "ndcg@10": step / 10, rmse: 1 - step / 10 }, step);
  await tracker.logParameters(id, { ["é".repeat(200)]: "a name that MLflow would not take" });
  await tracker.logArtifact(id, { path: "log.txt", bytes: Buffer.from("one") });
  await tracker.logArtifact(id, { path: "plots/é b.svg", bytes: Buffer.from("<svg/>") });
  await tracker.finish(id, "cancelled", "enough");
  return id;
}

const get = async (path: string, query: Record<string, string> = {}) =>
  (await client.send({ method: "GET", path: `mlflow/${path}`, query })).json() as Promise<
    Record<string, never>
  >;
const search = async (json: Record<string, unknown>) => {
  const answer = await client.send({ method: "POST", path: "mlflow/runs/search", json });
  return (await answer.json()) as { runs: { info: { run_id: string } }[]; next_page_token?: string };
};

describe("MLflow's API over our runs", () => {
  it("gives a run to our own client as our records have it", async () => {
    for (const id of [trained, odd]) {
      const ours = (await findRun(service.tamis.records, id))!;
      expect(await findMlflowRun(client, id)).toEqual({ ...ours, codeVersion: null, host: null });
    }
    expect(await findMlflowRun(client, "nobody")).toBeUndefined();
  });

  it("lists and finds experiments, whose names are their ids", async () => {
    const all = await get("experiments/search", { max_results: "1" });
    expect(all).toMatchObject({
      experiments: [{ experiment_id: "Film_Recommendation_Experiment", lifecycle_stage: "active" }],
      next_page_token: expect.any(String),
    });
    const rest = await get("experiments/search", { page_token: all.next_page_token! });
    expect(rest).toMatchObject({ experiments: [{ name: "été", creation_time: expect.any(Number) }] });
    expect(rest).not.toHaveProperty("next_page_token");
    expect(await get("experiments/search", { filter: "name = 'été'" })).toEqual(rest);
    const named = await get("experiments/get-by-name", { experiment_name: "été" });
    expect(await get("experiments/get", { experiment_id: "été" })).toEqual(named);
  });

  it("searches runs by its filters, sorts and pages them", async () => {
    const everywhere = ["été", "Film_Recommendation_Experiment"];
    const found = async (filter: string) =>
      (await search({ experiment_ids: everywhere, filter })).runs.map(({ info }) => info.run_id);
    const filters = [
      "metrics.`ndcg@10` > 0.1",
      "metrics.ndcg_x0040_10 >= 2e-1 and params.biased = 'true'",
      "params.\"top n\" = '10' AND tags.owner ILIKE 'ANN%'",
      `tags.\`tamis.run_id\` = '${odd}'`,
      "attributes.status = 'KILLED'",
      "status != 'FINISHED' and attribute.run_name = 'odd'",
      `attributes.start_time > ${Date.UTC(2020, 0)} AND run_id = '${odd}'`,
      "metrics.rmse = 0.8",
    ];
    for (const filter of filters) expect(await found(filter), filter).toEqual([odd]);
    expect(await found("metrics.rmse > 99")).toEqual([]);
    expect(await found("status = 'NOTHING'")).toEqual([]);
    expect(await found("")).toHaveLength(3);

    const order_by = ["metrics.best_rmse DESC", "attributes.start_time ASC"];
    const one = await search({ experiment_ids: everywhere, order_by, max_results: 2 });
    const two = await search({ experiment_ids: everywhere, order_by, page_token: one.next_page_token });
    expect(one.runs).toHaveLength(2);
    expect(two.runs.map(({ info }) => info.run_id)).toEqual([odd]); // it lacks the metric
    expect(two).not.toHaveProperty("next_page_token");
    expect((await search({ experiment_ids: everywhere, run_view_type: "DELETED_ONLY" })).runs).toEqual([]);
  });

  it("refuses what it does not understand in MLflow's words", async () => {
    for (const filter of [
      "metrics.rmse",
      "rmse > 1 OR mae > 1",
      "params.a LIKE 'x'",
      "params.a = 1",
      "a; drop",
      `${"metrics.a > 1 AND ".repeat(50)}metrics.a > 1`,
    ]) {
      await expect(search({ experiment_ids: ["été"], filter }), filter).rejects.toMatchObject({
        code: "invalid_input",
        message: expect.stringContaining("INVALID_PARAMETER_VALUE"),
      });
    }
    await expect(search({ max_results: 0 })).rejects.toMatchObject({ code: "invalid_input" });
    await expect(search({ page_token: "2" })).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("gives the history of a metric", async () => {
    const points = async (query: Record<string, string>) =>
      get("metrics/get-history", { run_id: odd, metric_key: "ndcg_x0040_10", ...query });
    const { metrics } = (await points({})) as unknown as { metrics: { step: number; value: number }[] };
    expect(metrics.map(({ step, value }) => [step, value])).toEqual([
      [0, 0],
      [1, 0.1],
      [2, 0.2],
    ]);
    const page = await points({ max_results: "2" });
    expect(await points({ page_token: page.next_page_token! })).toMatchObject({ metrics: [{ step: 2 }] });
  });

  it("lists and hands out the files of a run, as attachments", async () => {
    expect(await get("artifacts/list", { run_id: odd })).toEqual({
      root_uri: `mlflow-artifacts:/runs/${odd}`,
      files: [
        { path: "log.txt", is_dir: false, file_size: 3 },
        { path: "plots", is_dir: true },
      ],
    });
    expect(await get("artifacts/list", { run_id: odd, path: "plots/" })).toMatchObject({
      files: [{ path: "plots/é b.svg", file_size: 6 }],
    });
    const proxied = await client.send({
      method: "GET",
      path: "mlflow-artifacts/artifacts",
      query: { path: `runs/${odd}/plots` },
    });
    expect(await proxied.json()).toMatchObject({ files: [{ path: "é b.svg" }] });
    const path = `mlflow-artifacts/artifacts/runs/${odd}/plots/${encodeURIComponent("é b.svg")}`;
    const file = await client.send({ method: "GET", path });
    expect(await file.text()).toBe("<svg/>");
    expect(Object.fromEntries(file.headers)).toMatchObject({
      "content-type": "application/octet-stream",
      "content-disposition": "attachment",
      "x-content-type-options": "nosniff",
    });
    for (const other of [
      `runs/${odd}/../../models/x`,
      `runs/${odd}/nothing`,
      "models/x/1/MLmodel",
      "curated/x",
    ]) {
      await expect(
        client.send({ method: "GET", path: `mlflow-artifacts/artifacts/${other}` }),
        other,
      ).rejects.toMatchObject({ code: "not_found" });
    }
  });
});

describe("MLflow's API over our registry", () => {
  const name = "Best_Film_Recommender";

  it("gives models, versions and aliases", async () => {
    expect(await get("registered-models/get", { name })).toMatchObject({
      registered_model: {
        name,
        latest_versions: [{ version: "2", status: "READY", run_id: trained, aliases: ["champion"] }],
        aliases: [
          { alias: "champion", version: "2" },
          { alias: "previous", version: "1" },
        ],
      },
    });
    const { registered_models } = await get("registered-models/search", { filter: `name = '${name}'` });
    expect(registered_models).toHaveLength(1);
    const { model_version: champion } = await get("registered-models/alias", { name, alias: "champion" });
    expect(await get("model-versions/get", { name, version: "2" })).toEqual({ model_version: champion });
    expect(champion).toMatchObject({ tags: expect.arrayContaining([{ key: "tamis.version", value: "2" }]) });
    const { model_versions } = await get("model-versions/search", { filter: `name='${name}'` });
    expect(model_versions).toMatchObject([{ version: "2" }, { version: "1" }]);
    for (const [path, query] of [
      ["registered-models/get", { name: "nothing" }],
      ["registered-models/alias", { name, alias: "nothing" }],
      ["model-versions/get", { name, version: "99" }],
    ] as const) {
      await expect(get(path, query)).rejects.toMatchObject({
        code: "not_found",
        message: expect.stringContaining("RESOURCE_DOES_NOT_EXIST"),
      });
    }
  });

  it("hands out the very model file, from where the version says it is", async () => {
    const { artifact_uri } = await get("model-versions/get-download-uri", { name, version: "2" });
    expect(artifact_uri).toBe(`mlflow-artifacts:/models/${name}/2`);
    const files = await client.send({
      method: "GET",
      path: "mlflow-artifacts/artifacts",
      query: { path: `models/${name}/2` },
    });
    const { files: listed } = (await files.json()) as { files: { path: string }[] };
    expect(listed.map(({ path }) => path).sort()).toEqual([
      "MLmodel",
      "cold-start.safetensors",
      "model.safetensors",
    ]);
    const file = await client.send({
      method: "GET",
      path: `mlflow-artifacts/artifacts/models/${name}/2/model.safetensors`,
    });
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    const { sha256 } = (await modelCatalog(service.tamis.records).find(name, 2))!;
    expect(Buffer.from(digest).toString("hex")).toBe(sha256);
  });
});

describe("the doors of MLflow's API", () => {
  it("are those of the rest: tokens and roles, said in MLflow's shape, under both prefixes", async () => {
    const guarded = service.createApp({ requiresToken: true });
    const who = { name: "ann", role: "analyst" } as const;
    const analyst = await createToken(service.tamis.records, who, { actor: "test" });
    const ask = async (path: string, token?: string) => {
      const headers = token ? { Authorization: `Bearer ${token}` } : {};
      const answer = await guarded.request(path, { headers });
      return { status: answer.status, body: (await answer.json()) as Record<string, string> };
    };
    for (const prefix of ["/api/2.0", "/ajax-api/2.0"]) {
      const path = `${prefix}/mlflow/runs/get?run_id=${odd}`;
      expect(await ask(path)).toMatchObject({ status: 401, body: { error_code: "UNAUTHENTICATED" } });
      expect(await ask(path, analyst.token)).toMatchObject({ status: 200 });
      expect(
        await ask(`${prefix}/mlflow-artifacts/artifacts/models/x/1/MLmodel`, analyst.token),
      ).toMatchObject({ status: 403, body: { error_code: "PERMISSION_DENIED" } });
    }
  });

  it("say that nothing is written here", async () => {
    for (const [method, path] of [
      ["POST", "mlflow/runs/create"],
      ["POST", "mlflow/runs/log-batch"],
      ["DELETE", "mlflow/registered-models/alias"],
      ["PUT", "mlflow-artifacts/artifacts/runs/x/y"],
    ] as const) {
      const answer = await service.app.request(`/api/2.0/${path}`, {
        method,
        body: method === "DELETE" ? null : "{}",
      });
      expect([answer.status, await answer.json()], path).toMatchObject([
        501,
        { error_code: "NOT_IMPLEMENTED", message: expect.stringContaining("reading part") },
      ]);
    }
    const unknown = await service.app.request("/api/2.0/mlflow/traces");
    expect([unknown.status, await unknown.json()]).toMatchObject([
      404,
      { error_code: "RESOURCE_DOES_NOT_EXIST" },
    ]);
  });
});
