import type { JobQueue } from "@tamis/core";
import { embeddedQueue, listAudit, listRuns } from "@tamis/storage";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Jobs } from "../jobs-thread.ts";
import { importFilms, type OpenService, openService } from "../testing/open-service.ts";
import { predict } from "../testing/predict.ts";
import { startTestJobs } from "../testing/start-jobs.ts";

let service: OpenService;
let queue: JobQueue;
beforeAll(async () => {
  service = await openService();
  await importFilms(service);
  queue = embeddedQueue(service.tamis.records);
}, 60_000);
afterAll(() => service.close());

type Fields = Record<string, unknown>;
const quick = { models: ["baseline-only"], folds: 2 };

async function ask(path: string, init?: RequestInit) {
  const answer = await service.app.request(path, init);
  return { status: answer.status, body: (await answer.json()) as Fields };
}
const post = (path: string, body?: object) =>
  ask(path, {
    method: "POST",
    ...(body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  });
const statusIs = (wanted: string) =>
  vi.waitFor(
    async () => {
      const { body } = await ask("/training/status");
      expect(body.status).toBe(wanted);
      return body;
    },
    { timeout: 60_000, interval: 100 },
  );

interface Message {
  readonly id?: string;
  readonly event?: string;
  readonly data?: Fields;
}

/** Every message of an event stream, to its end. */
async function listen(runId: string, lastEventId?: string): Promise<Message[]> {
  const headers = lastEventId === undefined ? {} : { "Last-Event-ID": lastEventId };
  const answer = await service.app.request(`/training/${runId}/events`, { headers });
  expect(answer.headers.get("Content-Type")).toMatch(/^text\/event-stream/);
  const blocks = (await answer.text()).split("\n\n").filter((block) => block !== "");
  return blocks.map((block) => {
    const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2)));
    return { ...fields, ...(fields.data && { data: JSON.parse(fields.data) }) } as Message;
  });
}

describe("without a worker", () => {
  it("is idle before the first training", async () => {
    expect(await ask("/training/status")).toEqual({
      status: 200,
      body: {
        status: "idle",
        message: "Nothing was trained yet.",
        run_id: null,
        progress: null,
        metrics: null,
        verdict: null,
        started_at: null,
        ended_at: null,
      },
    });
  });

  it("takes one of two that start at once, and names it to the other", async () => {
    const answers = await Promise.all([post("/training/", quick), post("/training", quick)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const started = answers.find(({ status }) => status === 200)!.body;
    const refused = answers.find(({ status }) => status === 409)!.body;
    expect(started).toEqual({
      status: "started",
      message: expect.stringContaining(`/training/${started.run_id}/events`),
      run_id: expect.any(String),
      metrics: null,
    });
    expect(refused).toMatchObject({ type: "urn:tamis:problem:conflict" });
    expect(refused.detail).toContain(started.run_id);
    expect(await ask("/training/status")).toMatchObject({
      body: { status: "training", message: "It waits for a worker.", run_id: started.run_id },
    });
    const { entries } = await listAudit(service.tamis.records, { action: "training.start" });
    expect(entries.map(({ outcome, subject }) => [outcome, subject]).sort()).toEqual([
      ["done", started.run_id],
      ["refused", started.run_id],
    ]);
  });

  it("is cancelled at once while it waits", async () => {
    const { body } = await ask("/training/status");
    expect(await post(`/training/${body.run_id}/cancel`)).toMatchObject({
      status: 200,
      body: { status: "cancelled" },
    });
    expect(await ask("/training/status")).toMatchObject({
      body: { status: "error", message: "The run was cancelled." },
    });
    expect((await post(`/training/${body.run_id}/cancel`)).status).toBe(409);
    const { entries } = await listAudit(service.tamis.records, { action: "training.cancel" });
    expect(entries).toMatchObject([{ actor: "loopback", subject: body.run_id, outcome: "done" }]);
  });

  it.each([
    [{ force: "yes" }, "#/force"],
    [{ models: [] }, "#/models"],
    [{ folds: 1 }, "#/folds"],
    [{ epochs: 3 }, "#/epochs"],
  ])("refuses %j", async (body, pointer) => {
    const answer = await post("/training/", body);
    expect(answer.status).toBe(422);
    expect((answer.body.errors as Fields[]).map((error) => error.pointer)).toEqual([pointer]);
  });

  it("refuses algorithms and options that do not exist before anything waits", async () => {
    const before = await ask("/training/status");
    expect((await post("/training/", { models: ["svm"] })).status).toBe(422);
    expect((await post("/training/", { models: ["svd"], options: { svd: { epoch: 3 } } })).status).toBe(422);
    expect(await ask("/training/status")).toEqual(before);
  });

  it("knows trainings only, by their id", async () => {
    const run = await queue.enqueue({
      pipeline: "refresh",
      interval: { start: new Date(0), end: new Date(1) },
      config: {},
    });
    for (const id of ["nonsense", run.runId]) {
      expect((await ask(`/training/${id}`)).status).toBe(404);
      expect((await ask(`/training/${id}/events`)).status).toBe(404);
      expect((await post(`/training/${id}/cancel`)).status).toBe(404);
    }
    await queue.cancel(run.runId);
  });

  it("is no training for ever when its worker dies", async () => {
    const { body } = await post("/training/", quick);
    await service.tamis.records
      .updateTable("pipeline_runs")
      .set({ status: "running", worker: "dead:1", token: 1, lease_until: new Date(Date.now() - 1000) })
      .where("id", "=", String(body.run_id))
      .execute();
    const { body: standing } = await ask("/training/status");
    expect(standing).toMatchObject({ status: "error", message: expect.stringContaining("silent") });
  });
});

describe("with the jobs thread", () => {
  let jobs: Jobs;
  beforeAll(() => {
    jobs = startTestJobs(service).jobs;
  });
  afterAll(() => jobs.stop());

  it("a run whose worker died is taken up and finished, with its verdict told", async () => {
    const standing = await statusIs("completed");
    expect(standing).toMatchObject({
      message: expect.stringMatching(/^promoted: RMSE/),
      metrics: { best_rmse: expect.any(Number) },
      verdict: { promoted: true, version: 1, best: "baseline-only" },
      progress: null,
    });
    expect(jobs.health()).toEqual({ status: "working", crashes: 0 });
    expect((await predict(service.createApp(), { user_id: 1 })).body.model_version).toBe(1);
  }, 60_000);

  it("streams what happens, and goes on after the last event a listener had", async () => {
    const { body } = await post("/training/", { models: ["svd"], force: true });
    const messages = await listen(String(body.run_id));
    const told = messages.filter(({ event }) => event !== "progress");
    expect(told.map(({ event, data }) => data?.status ?? event)).toEqual([
      "started",
      "finished",
      "verdict",
      "finished",
    ]);
    expect(told.map(({ id }) => id)).toEqual(["1", "2", "3", "4"]);
    expect(told[2]?.data).toMatchObject({ promoted: true, version: 2, reason: expect.any(String) });
    for (const { id, data } of messages.filter(({ event }) => event === "progress")) {
      expect(id).toBeUndefined();
      expect(data).toMatchObject({ phase: expect.any(String), done: expect.any(Number) });
    }
    expect(await listen(String(body.run_id), "2")).toEqual(told.slice(2));
    expect(await listen(String(body.run_id), "4")).toEqual([]);
    const run = await ask(`/training/${body.run_id}`);
    expect(run.body).toMatchObject({
      status: "finished",
      config: { models: ["svd"], force: true },
      verdict: told[2]?.data,
      steps: [{ step: "train", attempt: 1, status: "finished" }],
    });
  }, 60_000);

  it("a candidate that is refused is a training that finished: 200, with the verdict", async () => {
    const { status, body } = await post("/training/", { models: ["normal-predictor"], folds: 2 });
    expect(status).toBe(200);
    expect(body.metrics).toMatchObject({ best_rmse: expect.any(Number) });
    const standing = await statusIs("completed");
    expect(standing.message).toMatch(/^not promoted: /);
    expect(standing.verdict).toMatchObject({ promoted: false, version: null });
    const { runs } = await listRuns(service.tamis.records);
    expect(runs.map(({ codeVersion }) => codeVersion)).toEqual(["1.2.3", "1.2.3", "1.2.3"]);
  }, 60_000);

  it("is cancelled while it is at work, and the champion stays", async () => {
    const { body } = await post("/training/", { options: { svd: { epochs: 100_000 } }, models: ["svd"] });
    await vi.waitFor(async () => expect((await ask("/training/status")).body.progress).not.toBeNull(), {
      timeout: 30_000,
    });
    expect((await post(`/training/${body.run_id}/cancel`)).status).toBe(200);
    const standing = await statusIs("error");
    expect(standing.message).toContain("cancelled");
    expect((await predict(service.createApp(), { user_id: 1 })).body.model_version).toBe(2);
  }, 60_000);

  it("is left to the next worker when the thread is stopped, which goes on with it", async () => {
    const { body } = await post("/training/", quick);
    await jobs.stop();
    const run = await queue.find(String(body.run_id));
    expect(["queued", "finished"]).toContain(run?.status);
    jobs = startTestJobs(service).jobs;
    await statusIs("completed");
    expect((await queue.find(String(body.run_id)))?.status).toBe("finished");
  }, 60_000);
});

it("ends its event streams when the service drains", async () => {
  const { body } = await post("/training/", quick);
  const answer = await service.app.request(`/training/${body.run_id}/events`);
  service.app.drain();
  expect(await answer.text()).not.toContain("event: end");
  expect((await ask("/readyz")).status).toBe(503);
  await queue.cancel(String(body.run_id));
});
