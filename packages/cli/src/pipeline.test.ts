import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callTamis, callTamisJson } from "./testing/call-tamis.ts";
import { writePipelineModule } from "./testing/pipeline-module.ts";
import { startTamis, tamis } from "./testing/spawn-tamis.ts";

let cwd: string;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "tamis-pipeline-"));
  writePipelineModule(cwd);
  const sizes = ["--ratings", "3000", "--users", "80", "--items", "100"];
  await callTamisJson(["generate", ...sizes, "--out", "films"], { cwd });
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

interface Shown {
  status: string;
  failure: { code: string } | null;
  steps: { step: string; attempt: number; status: string }[];
}
const show = async (runId: unknown) => {
  const run = await callTamisJson<Shown>(["pipeline", "show", `${runId}`], { cwd });
  return { ...run, steps: run.steps.map(({ step, attempt, status }) => `${step} ${attempt} ${status}`) };
};
const runs = async (pipeline: string, status: string) => {
  const args = ["pipeline", "runs", "--pipeline", pipeline, "--status", status];
  return (await callTamisJson<{ runs: { run_id: string }[] }>(args, { cwd })).runs;
};

describe("tamis pipeline run refresh", () => {
  const config = (more = {}) => JSON.stringify({ path: "films", models: ["baseline-only"], ...more });

  it("imports, trains and reports once, and exits 99 the second time", async () => {
    const args = ["pipeline", "run", "refresh", "--config", config()];
    const first = await callTamisJson(args, { cwd });
    expect(first).toMatchObject({
      outcome: "finished",
      outputs: { load: { rows: 3000, unchanged: false }, train: { best: "baseline-only", promoted: true } },
    });
    expect(await callTamisJson(["models", "list"], { cwd })).toMatchObject({ champion: 1 });
    const reports = join(cwd, "tamis-data/lake/reports/refresh");
    const report = JSON.parse(readFileSync(join(reports, `${first.run_id}.json`), "utf8"));
    expect(report).toMatchObject({ pipeline: "refresh", load: { rows: 3000 }, train: { version: 1 } });
    const again = await callTamis([...args, "--json"], { cwd });
    expect(again.code).toBe(99);
    expect(JSON.parse(again.stdout)).toEqual({ ...first, outcome: "already_done" });
    expect(readdirSync(reports)).toEqual([`${first.run_id}.json`]);
  });

  it("runs another interval anew, finds the same data unchanged and a champion that is as good", async () => {
    const days = ["--interval-start", "2026-11-01", "--interval-end", "2026-11-02"];
    const run = await callTamisJson(["pipeline", "run", "refresh", "--config", config(), ...days], { cwd });
    expect(run).toMatchObject({
      interval_start: "2026-11-01T00:00:00.000Z",
      interval_end: "2026-11-02T00:00:00.000Z",
      outputs: { load: { unchanged: true }, train: { promoted: false, version: null } },
    });
  });

  it.each([
    [["--config", JSON.stringify({ paht: "films" })], 2, "path"],
    [["--config", config({ folds: 1 })], 2, "folds"],
    [["--config", config({ path: "nowhere" })], 4, "nowhere"],
    [["--interval-start", "2026-11-01"], 2, "--interval-end"],
    [["--interval-start", "2026-11-02", "--interval-end", "2026-11-01"], 2, "must come first"],
    [["--interval-start", "yesterday", "--interval-end", "2026-11-01"], 2, "2026-11-20"],
    [["--config", "[1]"], 2, "one JSON object"],
  ])("refuses %j with %d and says what is wrong", async (args, code, hint) => {
    const ended = await callTamis(["pipeline", "run", "refresh", ...args], { cwd });
    expect(ended).toMatchObject({ code, stdout: "" });
    expect(ended.stderr).toContain(hint);
  });

  it("names the pipelines there are when asked for another one, and a run that is none", async () => {
    const ended = await callTamis(["pipeline", "run", "refrsh"], { cwd });
    expect(ended).toMatchObject({ code: 4 });
    expect(ended.stderr).toContain("only: refresh");
    expect(await callTamis(["pipeline", "show", "nobody"], { cwd })).toMatchObject({ code: 4 });
    expect(await callTamis(["pipeline", "cancel", "nobody"], { cwd })).toMatchObject({ code: 4 });
  });
});

describe("the pipelines of a module", () => {
  const module = ["--module", "pipelines.mjs"];
  const days = (date: number) => [
    ...["--interval-start", `2026-10-${date}`, "--interval-end", `2026-10-${date + 1}`],
  ];

  it("go on at the step that failed", async () => {
    const args = ["pipeline", "run", "nightly", ...days(10), ...module];
    writeFileSync(join(cwd, "broken"), "");
    const failed = await tamis(args, { cwd });
    expect(failed).toMatchObject({ code: 3, stdout: "" });
    expect(failed.stderr).toContain("error: the file has no rows");
    const [run] = await runs("nightly", "failed");
    expect(await show(run?.run_id)).toMatchObject({ status: "failed", failure: { code: "data_load" } });
    rmSync(join(cwd, "broken"));
    const again = await tamis(args, { cwd });
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("load: skipped") });
    expect(await show(run?.run_id)).toMatchObject({
      status: "finished",
      steps: ["load 1 finished", "effect 1 failed", "effect 2 finished"],
    });
  });

  it("are cancelled by Ctrl-C, keep a second one out meanwhile, and go on after it", async () => {
    const args = ["pipeline", "run", "nightly", ...days(25), ...module];
    writeFileSync(join(cwd, "slow"), "");
    const running = startTamis(args, { cwd });
    await running.stderrMatching(/effect: started/);
    expect(await tamis(args, { cwd })).toMatchObject({ code: 7, stdout: "" });
    running.child.kill("SIGINT");
    const ended = await running.ended;
    expect(ended).toMatchObject({ code: 130, stdout: "" });
    expect(ended.stderr).toContain("goes on at the step");
    rmSync(join(cwd, "slow"));
    const cancelled = await runs("nightly", "cancelled");
    expect(cancelled).toHaveLength(1);
    expect(await tamis(args, { cwd })).toMatchObject({ code: 0 });
    expect(await tamis(args, { cwd })).toMatchObject({ code: 99 });
    expect(await show(cancelled[0]?.run_id)).toMatchObject({
      status: "finished",
      steps: ["load 1 finished", "effect 1 cancelled", "effect 2 finished"],
    });
  });

  it.each([
    ["nothing.mjs", 4, "cannot be read"],
    ["broken.mjs", 2, "cannot be loaded"],
    ["number.mjs", 2, "no pipeline"],
  ])("that cannot be had from %s are told so", async (file, code, hint) => {
    writeFileSync(join(cwd, "broken.mjs"), "export default (");
    writeFileSync(join(cwd, "number.mjs"), "export default 1");
    const ended = await callTamis(["pipeline", "list", "--module", file], { cwd });
    expect(ended).toMatchObject({ code, stdout: "" });
    expect(ended.stderr).toContain(hint);
  });
});
