import {
  type Alert,
  definePipeline,
  defineStep,
  type PipelineEvent,
  type RunPipelineOptions,
  runPipeline,
  type Step,
  TamisError,
} from "@tamis/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { findPipelineRun, listPipelineRuns } from "../sql/pipeline-runs.ts";
import { runLedger } from "../sql/run-ledger.ts";
import type { Records } from "../sql/schema.ts";
import { countingPipeline, dayRun, type Effects } from "../testing/counting-pipeline.ts";
import { temporaryRecords } from "../testing/temporary-records.ts";

async function open() {
  const records = await temporaryRecords();
  const events: PipelineEvent[] = [];
  const waits: number[] = [];
  const options = (more: Partial<RunPipelineOptions> = {}): RunPipelineOptions => ({
    ledger: runLedger(records),
    interval: dayRun("nightly").interval,
    onEvent: (event) => events.push(event),
    sleep: async (ms) => void waits.push(ms),
    random: () => 1,
    ...more,
  });
  return { records, events, waits, options };
}

const only = (step: Step) => definePipeline({ name: "nightly", steps: [step] });
const latest = async (records: Records) =>
  (await findPipelineRun(records, (await listPipelineRuns(records))[0]!.runId))!;

describe("runPipeline", () => {
  it("does the steps in order, and says already done afterwards without doing them", async () => {
    const { events, options } = await open();
    const effects: Effects = [];
    const pipeline = countingPipeline(effects);
    const first = await runPipeline(pipeline, options());
    expect(first).toMatchObject({ outcome: "finished", outputs: { load: { rows: 3 }, train: 6 } });
    expect(await runPipeline(pipeline, options())).toEqual({ ...first, outcome: "already_done" });
    expect(effects).toEqual(["load", "train 3, attempt 1"]);
    expect(events.map(({ type }) => type)).toEqual([
      ...["run_started", "step_started", "step_finished", "step_started", "step_finished", "run_finished"],
    ]);
  });

  it("goes on at the failed step, with the former outputs", async () => {
    const { records, events, options } = await open();
    const effects: Effects = [];
    const broken = countingPipeline(effects, () => {
      throw new TamisError("analysis", "no ratings at postgres://ann:geheim@db/x");
    });
    await expect(runPipeline(broken, options())).rejects.toMatchObject({ code: "analysis" });
    const message = "no ratings at postgres://ann:[redacted]@db/x";
    expect(await latest(records)).toMatchObject({
      status: "failed",
      failure: { code: "analysis", message },
      steps: [
        { step: "load", status: "finished" },
        { step: "train", status: "failed", failure: { message } },
      ],
    });
    events.length = 0;
    const mended = await runPipeline(countingPipeline(effects), options());
    expect(mended.outputs).toEqual({ load: { rows: 3 }, train: 6 });
    expect(effects).toEqual(["load", "train 3, attempt 2"]);
    expect(events.map(({ type }) => type).slice(0, 2)).toEqual(["run_started", "step_skipped"]);
    expect(await latest(records)).toMatchObject({ status: "finished", failure: null });
  });

  it("tries a step again while its failure may pass, each time as a new attempt", async () => {
    const { records, events, waits, options } = await open();
    let fails = 3;
    const flaky = defineStep({
      name: "fetch",
      retry: { attempts: 4, baseMs: 100, capMs: 1000 },
      run: async ({ hold }) => {
        if (fails-- === 2) throw new TamisError("unavailable", "busy", { details: { retryAfterSeconds: 7 } });
        if (fails >= 0) throw new TamisError("unavailable", "busy");
        return hold.attempt;
      },
    });
    expect((await runPipeline(only(flaky), options())).outputs).toEqual({ fetch: 4 });
    expect(waits).toEqual([100, 7000, 400]);
    const { steps } = await latest(records);
    expect(steps.map(({ attempt, status }) => `${attempt} ${status}`)).toEqual([
      ...["1 failed", "2 failed", "3 failed", "4 finished"],
    ]);
    expect(events.filter(({ type }) => type === "step_retrying")).toHaveLength(3);
  });

  it("stops a step that takes too long, and refuses what it brings later", async () => {
    const { records, options } = await open();
    let attempts = 0;
    let late: (() => void) | undefined;
    const slow = defineStep({
      name: "slow",
      timeoutMs: 30,
      retry: { attempts: 2 },
      run: ({ signal }) => {
        attempts++;
        if (attempts === 2) return Promise.resolve("second");
        return new Promise<string>((resolve) => {
          late = () => resolve(`first, told to stop: ${signal.aborted}`);
        });
      },
    });
    const { outputs } = await runPipeline(only(slow), options({ graceMs: 30 }));
    late?.();
    expect(outputs).toEqual({ slow: "second" });
    expect((await latest(records)).steps).toMatchObject([
      {
        status: "failed",
        failure: { code: "timeout", message: "The step “slow” took longer than 0.03 s and was stopped." },
      },
      { status: "finished" },
    ]);
  });

  it("is cancelled by its signal, and can be taken up again", async () => {
    const { records, options } = await open();
    const controller = new AbortController();
    const effects: Effects = [];
    const cancelled = countingPipeline(effects, () => {
      controller.abort();
      return new Promise(() => {});
    });
    const running = runPipeline(cancelled, options({ signal: controller.signal, graceMs: 10 }));
    await expect(running).rejects.toMatchObject({ code: "aborted" });
    expect(await latest(records)).toMatchObject({
      status: "cancelled",
      steps: [{}, { status: "cancelled" }],
    });
    await runPipeline(countingPipeline(effects), options());
    expect(effects).toEqual(["load", "train 3, attempt 2"]);
  });

  it("fails before its first step when a step refuses the configuration", async () => {
    const { records, options } = await open();
    const picky = defineStep({
      name: "load",
      config: z.object({ file: z.string() }),
      run: async ({ config }) => config.file,
    });
    const running = runPipeline(only(picky), options({ config: { file: 7 } }));
    await expect(running).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining(
        "The step “load” of the pipeline “nightly” refuses its configuration, “file”",
      ),
    });
    expect(await latest(records)).toMatchObject({ status: "failed", steps: [] });
    expect((await runPipeline(only(picky), options({ config: { file: "a.csv" } }))).outputs).toEqual({
      load: "a.csv",
    });
  });

  it("refuses an output that JSON cannot hold", async () => {
    const { records, options } = await open();
    const step = defineStep({ name: "load", run: async () => ({ mean: Number.NaN }) });
    await expect(runPipeline(only(step), options())).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("The output of the step “load”.mean is NaN"),
    });
    expect((await latest(records)).steps).toMatchObject([{ status: "failed", outputDigest: null }]);
  });

  it("says conflict, and changes nothing, while another worker has the run", async () => {
    const { records, options } = await open();
    await runLedger(records, { worker: "elsewhere:7" }).claim(dayRun("nightly"), { leaseMs: 60_000 });
    const effects: Effects = [];
    await expect(runPipeline(countingPipeline(effects), options())).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("elsewhere:7"),
    });
    expect(effects).toEqual([]);
  });
});

describe("alerts", () => {
  it("tell the beginning and the end of an incident once, whatever the interval", async () => {
    const { options } = await open();
    const alerts: Alert[] = [];
    const run = async (date: number, train: () => unknown) => {
      const { interval } = dayRun("nightly", date);
      const hook = async (alert: Alert) => void alerts.push(alert);
      const running = runPipeline(countingPipeline([], train), options({ interval, alerts: [hook] }));
      await running.catch(() => {});
    };
    const fail = () => {
      throw new TamisError("data_load", "line 7 of ratings.csv is cut off");
    };
    for (const [date, train] of [
      [1, () => {}],
      [2, fail],
      [3, fail],
      [2, fail],
      [4, () => {}],
      [5, () => {}],
    ] as const) {
      await run(date, train);
    }
    expect(alerts.map(({ kind, interval }) => `${kind} ${interval.start.getUTCDate()}`)).toEqual([
      ...["finished 1", "failed 2", "recovered 4", "finished 5"],
    ]);
    const [, failed, recovered] = alerts;
    expect(failed).toMatchObject({ message: "nightly failed: line 7 of ratings.csv is cut off" });
    expect(recovered?.incidentId).toBe(failed?.incidentId);
  });

  it("that cannot be delivered are told as an event and fail nothing", async () => {
    const { events, options } = await open();
    const down = async () => {
      throw new TamisError("unavailable", "The slack webhook cannot be reached.");
    };
    await runPipeline(countingPipeline([]), options({ alerts: [down] }));
    expect(events.at(-1)).toMatchObject({ type: "alert_failed", failure: { code: "unavailable" } });
  });
});
