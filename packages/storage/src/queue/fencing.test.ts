import { definePipeline, defineStep, runPipeline, type StepHold, sleep } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { fenced } from "../sql/fenced.ts";
import { findPipelineRun } from "../sql/pipeline-runs.ts";
import { runLedger } from "../sql/run-ledger.ts";
import type { Records } from "../sql/schema.ts";
import { dayRun } from "../testing/counting-pipeline.ts";
import { expireLease } from "../testing/expire-lease.ts";
import { temporaryRecords } from "../testing/temporary-records.ts";

const { interval } = dayRun("nightly");
const write = (records: Records, hold: StepHold, id: string) =>
  fenced(records, hold, async (transaction) => {
    await transaction.insertInto("users").values({ id }).execute();
    return id;
  });
const written = async (records: Records) =>
  (await records.selectFrom("users").select("id").execute()).map(({ id }) => id);

/** A step that waits for a word before it writes, to be overtaken meanwhile. */
function pausedStep(records: Records, name: string) {
  let go = () => {};
  let started = () => {};
  const begun = new Promise<void>((resolve) => {
    started = resolve;
  });
  const paused = new Promise<void>((resolve) => {
    go = resolve;
  });
  const step = defineStep({
    name: "write",
    run: async ({ hold }) => {
      started();
      await paused;
      return await write(records, hold, name);
    },
  });
  return { pipeline: definePipeline({ name: "nightly", steps: [step] }), begun, go };
}

describe("fenced work", () => {
  it("is kept as one with its step", async () => {
    const records = await temporaryRecords();
    const { pipeline, go } = pausedStep(records, "one");
    go();
    await runPipeline(pipeline, { ledger: runLedger(records), interval });
    expect(await written(records)).toEqual(["one"]);
  });

  it("of a worker that was overtaken while it paused is refused, whole", async () => {
    const records = await temporaryRecords();
    const slow = pausedStep(records, "former");
    const events: string[] = [];
    const former = runPipeline(slow.pipeline, {
      ledger: runLedger(records, { worker: "former" }),
      interval,
      onEvent: ({ type }) => events.push(type),
    });
    await slow.begun;
    const [run] = await records.selectFrom("pipeline_runs").select("id").execute();
    await expireLease(records, run!.id);
    const fast = pausedStep(records, "latter");
    fast.go();
    await runPipeline(fast.pipeline, { ledger: runLedger(records, { worker: "latter" }), interval });
    slow.go();
    await expect(former).rejects.toMatchObject({ code: "conflict" });
    expect(events.at(-1)).toBe("run_lost");
    expect(await written(records)).toEqual(["latter"]);
    expect(await findPipelineRun(records, run!.id)).toMatchObject({
      status: "finished",
      worker: "latter",
      steps: [
        { attempt: 1, status: "lost", worker: "former" },
        { attempt: 2, status: "finished", worker: "latter" },
      ],
    });
  });

  it("of an attempt that ran out of time is refused, also while the same worker tries again", async () => {
    const records = await temporaryRecords();
    let late: Promise<unknown> | undefined;
    const step = defineStep({
      name: "write",
      timeoutMs: 1000,
      retry: { attempts: 2, baseMs: 1 },
      run: async ({ hold }) => {
        if (hold.attempt === 2) {
          await late; // the run is still ours: only the attempt is no longer the one that counts
          return await write(records, hold, "second");
        }
        const stubborn = sleep(1100).then(() => write(records, hold, "first"));
        late = stubborn.catch((error) => error);
        return await stubborn;
      },
    });
    const pipeline = definePipeline({ name: "nightly", steps: [step] });
    await runPipeline(pipeline, { ledger: runLedger(records), interval, graceMs: 20 });
    expect(await late).toMatchObject({ code: "conflict" });
    expect(await written(records)).toEqual(["second"]);
  });
});
