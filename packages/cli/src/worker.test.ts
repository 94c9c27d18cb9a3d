import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sleep } from "@tamis/core";
import { openTamis } from "@tamis/storage";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { callTamisJson } from "./testing/call-tamis.ts";
import { writePipelineModule } from "./testing/pipeline-module.ts";
import { type SpawnOptions, startTamis, tamisJson } from "./testing/spawn-tamis.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "tamis-worker-"));
  writePipelineModule(cwd);
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
});

const module = ["--module", "pipelines.mjs"];
function start(args: readonly string[], env: SpawnOptions["env"] = {}) {
  const running = startTamis([...args, ...module], { cwd, env });
  onTestFinished(() => void running.child.kill("SIGKILL"));
  return running;
}
const day = ["--interval-start", "2026-10-25", "--interval-end", "2026-10-26"];
const enqueue = () =>
  tamisJson<{ run_id: string }>(["pipeline", "run", "nightly", "--queue", ...day, ...module], { cwd });

interface Run {
  run_id: string;
  status: string;
  interval_start: string;
  interval_end: string;
  steps: { step: string; status: string }[];
}
const show = (runId: string) => callTamisJson<Run>(["pipeline", "show", runId], { cwd });
async function until(runId: string, status: string): Promise<Run> {
  for (;;) {
    const run = await show(runId);
    if (run.status === status) return run;
    await sleep(100);
  }
}

/** The ends of the intervals whose effect is there. */
async function effects(): Promise<string[]> {
  const tamis = await openTamis({ dataDir: join(cwd, "tamis-data") });
  const rows = await tamis.records.selectFrom("users").select("id").orderBy("id").execute();
  await tamis.close();
  return rows.map(({ id }) => id);
}

describe("tamis worker", () => {
  it("hands back what it has in hand at SIGTERM and exits 0; the next one goes on there", async () => {
    const { run_id } = await enqueue();
    writeFileSync(join(cwd, "slow"), "");
    const first = start(["worker", "--json"]);
    await first.stderrMatching(/"step":"effect"/);
    first.child.kill("SIGTERM");
    const ended = await first.ended;
    expect(ended).toMatchObject({ code: 0 });
    expect(JSON.parse(ended.stdout)).toMatchObject({ released: 1, finished: 0 });
    expect(await show(run_id)).toMatchObject({ status: "queued" });
    rmSync(join(cwd, "slow"));
    const second = start(["worker", "--concurrency", "2"]);
    const { steps } = await until(run_id, "finished");
    expect(steps.map(({ step, status }) => `${step} ${status}`)).toEqual([
      ...["load finished", "effect cancelled", "effect finished"],
    ]);
    second.child.kill("SIGTERM");
    expect(await second.ended).toMatchObject({ code: 0, stdout: expect.stringContaining("1 finished") });
    expect(await effects()).toEqual(["2026-10-26T00:00:00.000Z"]);
  });

  it("takes up what a killed worker had in hand, and its effect is there once", async () => {
    const { run_id } = await enqueue();
    writeFileSync(join(cwd, "slow"), "");
    const killed = start(["worker", "--lease", "2s"]);
    await killed.stderrMatching(/"step":"effect"/);
    killed.child.kill("SIGKILL");
    await killed.ended;
    rmSync(join(cwd, "slow"));
    start(["worker", "--lease", "2s"]);
    start(["worker", "--lease", "2s"]);
    const { steps } = await until(run_id, "finished");
    expect(steps.map(({ step, status }) => `${step} ${status}`)).toEqual([
      ...["load finished", "effect lost", "effect finished"],
    ]);
    expect(await effects()).toEqual(["2026-10-26T00:00:00.000Z"]);
  });

  it("cancels the run it has in hand when somebody asks for it", async () => {
    const { run_id } = await enqueue();
    writeFileSync(join(cwd, "slow"), "");
    const running = start(["worker", "--lease", "2s"]);
    await running.stderrMatching(/"step":"effect"/);
    await callTamisJson(["pipeline", "cancel", run_id], { cwd });
    await until(run_id, "cancelled");
    expect(await effects()).toEqual([]);
  });
});

describe("tamis schedule", () => {
  it("runs each interval once, however many schedulers there are", async () => {
    const args = ["schedule", "nightly", "* * * * * *", "--catch-up", "all", "--time-zone", "Europe/Paris"];
    const schedulers = [start(args), start(args)];
    await Promise.all(schedulers.map(({ stderrMatching }) => stderrMatching(/next at/)));
    for (;;) if ((await effects()).length >= 4) break;
    for (const { child } of schedulers) child.kill("SIGTERM");
    for (const { ended } of schedulers) expect(await ended).toMatchObject({ code: 0, stdout: "" });
    const { runs } = await callTamisJson<{ runs: Run[] }>(["pipeline", "runs", "--limit", "1000"], { cwd });
    const done = await effects();
    expect(new Set(done).size).toBe(done.length);
    const ends = runs.map((run) => run.interval_end).reverse();
    expect(ends).toEqual(expect.arrayContaining(done));
    expect(
      runs
        .map((run) => run.interval_start)
        .reverse()
        .slice(1),
    ).toEqual(ends.slice(0, -1));
  });

  it("takes several schedules from a file", async () => {
    const second = { pipeline: "nightly", cron: "* * * * * *" };
    const schedules = [second, { ...second, cron: "*/2 * * * * *", config: { which: "other" } }];
    writeFileSync(join(cwd, "schedules.json"), JSON.stringify(schedules));
    const scheduler = start(["schedule", "--file", "schedules.json", "--no-work"]);
    const configs = async () => {
      const args = ["pipeline", "runs", "--limit", "1000"];
      const { runs } = await callTamisJson<{ runs: (Run & { config: object })[] }>(args, { cwd });
      return new Set(runs.map(({ config }) => JSON.stringify(config)));
    };
    await scheduler.stderrMatching(/next at/);
    while ((await configs()).size < 2) await sleep(100);
    scheduler.child.kill("SIGTERM");
    expect(await scheduler.ended).toMatchObject({ code: 0, stdout: "" });
  });

  it("refuses a wrong expression, zone and pipeline before anything is made", async () => {
    const refused = async (...args: string[]) => await start(["schedule", ...args]).ended;
    expect(await refused("nightly", "61 * * * *")).toMatchObject({ code: 2, stdout: "" });
    expect(await refused("nightly", "0 7 * * *", "--time-zone", "Europe/Pari")).toMatchObject({ code: 2 });
    expect(await refused("weekly", "0 7 * * *")).toMatchObject({ code: 4 });
    expect(await refused("nightly")).toMatchObject({ code: 2, stderr: expect.stringContaining("--file") });
    expect(await refused("nightly", "0 7 * * *", "--file", "s.json")).toMatchObject({ code: 2 });
  });
});

describe("alerts", () => {
  it("are posted at the first failure and at the recovery, by run and worker; their URL is shown nowhere", async () => {
    const received: { url: string | undefined; body: { text: string } }[] = [];
    const server = createServer(async (request, response) => {
      let text = "";
      for await (const chunk of request) text += chunk;
      received.push({ url: request.url, body: JSON.parse(text) });
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/s3cr3t`;
    writeFileSync(join(cwd, "webhook.json"), JSON.stringify({ url, shape: "slack" }));
    const env = { TAMIS_ALERT_WEBHOOK_FILE: "webhook.json" };

    writeFileSync(join(cwd, "broken"), "");
    const failed = await start(["pipeline", "run", "nightly", ...day], env).ended;
    expect(failed).toMatchObject({ code: 3 });
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({
      url: "/hooks/s3cr3t",
      body: { text: expect.stringContaining("no rows") },
    });
    expect(await start(["pipeline", "run", "nightly", ...day], env).ended).toMatchObject({ code: 3 });
    expect(received).toHaveLength(1); // the same incident

    rmSync(join(cwd, "broken"));
    const { run_id } = await enqueue();
    const worker = start(["worker"], env);
    await until(run_id, "finished");
    worker.child.kill("SIGTERM");
    const ended = await worker.ended;
    expect(received.map(({ body }) => body.text)).toEqual([
      ...[expect.stringContaining("failed"), expect.stringContaining("works again")],
    ]);
    for (const { stdout, stderr } of [failed, ended]) expect(stdout + stderr).not.toContain("s3cr3t");
  });

  it("that cannot be understood are refused without a word of what the file holds", async () => {
    writeFileSync(join(cwd, "webhook.json"), '{"url":"https://hooks.example/s3cr3t","shap":"slack"}');
    const ended = await start(["worker", "--alert-webhook-file", "webhook.json"]).ended;
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toContain("webhook.json");
    expect(ended.stderr).not.toContain("s3cr3t");
  });
});
