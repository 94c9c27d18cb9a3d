import { definePipeline, defineStep, type JobQueue, type PipelineRun, TamisError } from "@tamis/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { countingPipeline, day, dayRun, type Effects } from "./counting-pipeline.ts";

export interface JobQueueContract {
  /** Opens an empty queue, twice: as two processes would. Its leases last a few seconds. */
  open(): Promise<{ queue: JobQueue; other: JobQueue; close(): Promise<void> }>;
}

/** What every {@link JobQueue} must do. */
export function jobQueueContract({ open }: JobQueueContract): void {
  describe("job queue contract", () => {
    let opened: Awaited<ReturnType<typeof open>>;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    const until = async (runId: string, wanted: (run: PipelineRun) => boolean) => {
      for (;;) {
        const run = await opened.queue.find(runId);
        if (run && wanted(run)) return run;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const ended = (runId: string) => until(runId, ({ endedAt }) => endedAt !== null);

    /** A step that goes on until it is told to stop. */
    const endless = (onStart: () => void = () => {}) =>
      definePipeline({
        name: "nightly",
        steps: [
          defineStep({
            name: "wait",
            run: ({ signal, onProgress }) => {
              onProgress({ phase: "waiting", done: 1, total: 2, unit: "things" });
              onStart();
              return new Promise<null>((_, reject) => {
                signal.addEventListener("abort", () => reject(new TamisError("aborted", "told to stop")));
              });
            },
          }),
        ],
      });

    it("holds a run once, and keeps what became of it", async () => {
      const { queue, other } = opened;
      const runs = await Promise.all([queue, other, queue].map((each) => each.enqueue(dayRun("nightly"))));
      expect(new Set(runs.map(({ runId }) => runId)).size).toBe(1);
      expect(runs[0]).toMatchObject({ ...dayRun("nightly"), status: "queued", startedAt: null, steps: [] });
      const effects: Effects = [];
      const workers = [queue, other].map((each) => each.work([countingPipeline(effects)]));
      await ended(runs[0]!.runId);
      expect(await queue.enqueue(dayRun("nightly"), { resume: true })).toMatchObject({ status: "finished" });
      await Promise.all(workers.map((worker) => worker.stop({ drain: true })));
      expect(effects).toEqual(["load", "train 3, attempt 1"]);
    });

    it("does each of many runs once, with several workers of several lanes", async () => {
      const { queue, other } = opened;
      const dates = Array.from({ length: 12 }, (_, index) => index + 1);
      const effects: Effects = [];
      const runs = await Promise.all(dates.map((date) => queue.enqueue(dayRun("nightly", date))));
      const workers = [queue, other].map((each) =>
        each.work([countingPipeline(effects)], { concurrency: 3 }),
      );
      for (const { runId } of runs) expect(await ended(runId)).toMatchObject({ status: "finished" });
      await Promise.all(workers.map((worker) => worker.stop()));
      expect(effects.filter((effect) => effect === "load")).toHaveLength(12);
      expect(effects.filter((effect) => effect.startsWith("train"))).toHaveLength(12);
    });

    it("leaves the runs of pipelines that a worker does not know", async () => {
      const { queue } = opened;
      const unknown = await queue.enqueue(dayRun("unknown"));
      const known = await queue.enqueue(dayRun("nightly"));
      const worker = queue.work([countingPipeline([])]);
      await ended(known.runId);
      await worker.stop();
      expect(await queue.find(unknown.runId)).toMatchObject({ status: "queued" });
    });

    it("keeps a failure until somebody asks to resume, and then goes on at the failed step", async () => {
      const { queue } = opened;
      const effects: Effects = [];
      let broken = true;
      const pipeline = countingPipeline(effects, () => {
        if (broken) throw new TamisError("analysis", "no ratings");
      });
      const worker = queue.work([pipeline]);
      const { runId } = await queue.enqueue(dayRun("nightly"));
      expect(await ended(runId)).toMatchObject({ status: "failed", failure: { message: "no ratings" } });
      expect(await queue.enqueue(dayRun("nightly"))).toMatchObject({ status: "failed" });
      broken = false;
      await queue.enqueue(dayRun("nightly"), { resume: true });
      expect(await until(runId, ({ status }) => status === "finished")).toMatchObject({ failure: null });
      await worker.stop();
      expect(effects).toEqual(["load", "train 3, attempt 2"]);
    });

    it("fails a run whose configuration a step refuses, instead of trying for ever", async () => {
      const { queue } = opened;
      const picky = defineStep({
        name: "load",
        config: z.object({ file: z.string() }),
        run: async ({ config }) => config.file,
      });
      const worker = queue.work([definePipeline({ name: "nightly", steps: [picky] })]);
      const { runId } = await queue.enqueue(dayRun("nightly"));
      expect(await ended(runId)).toMatchObject({ status: "failed", failure: { code: "invalid_input" } });
      await worker.stop();
    });

    it("cancels a run that waits at once, and one that runs, from anywhere, with its progress seen", async () => {
      const { queue, other } = opened;
      const waiting = await queue.enqueue(dayRun("nightly", 1));
      await other.cancel(waiting.runId);
      expect(await queue.find(waiting.runId)).toMatchObject({ status: "cancelled", steps: [] });
      const worker = queue.work([endless()]);
      const { runId } = await queue.enqueue(dayRun("nightly", 2));
      const running = await until(runId, ({ progress }) => progress !== null);
      expect(running.progress).toEqual({ phase: "waiting", done: 1, total: 2, unit: "things" });
      await other.cancel(runId);
      expect(await ended(runId)).toMatchObject({ status: "cancelled", steps: [{ status: "cancelled" }] });
      await expect(queue.cancel(runId)).rejects.toMatchObject({ code: "conflict" });
      await expect(queue.cancel("nobody")).rejects.toMatchObject({ code: "not_found" });
      await worker.stop();
    });

    it("gives what a stopped worker had in hand to the next one", async () => {
      const { queue, other } = opened;
      const { runId } = await queue.enqueue(dayRun("nightly"));
      const worker = await new Promise<ReturnType<JobQueue["work"]>>((resolve) => {
        const started = queue.work([endless(() => resolve(started))]);
      });
      await worker.stop();
      expect(await queue.find(runId)).toMatchObject({ status: "queued", steps: [{ status: "cancelled" }] });
      const next = other.work([countingPipeline([])]);
      expect(await ended(runId)).toMatchObject({ status: "finished" });
      await next.stop();
    });

    it("finishes what it has in hand when it is drained, and takes nothing more", async () => {
      const { queue } = opened;
      const first = await queue.enqueue(dayRun("nightly", 1));
      const second = await queue.enqueue(dayRun("nightly", 2));
      const effects: Effects = [];
      let stopped: Promise<void> | undefined;
      const stop = () => {
        stopped = worker.stop({ drain: true });
      };
      const worker = queue.work([countingPipeline(effects, stop)]);
      await ended(first.runId);
      await stopped;
      expect(effects).toEqual(["load", "train 3, attempt 1"]);
      expect(await queue.find(second.runId)).toMatchObject({ status: "queued" });
    });

    it("lets a run wait alone: of several that ask at once one is taken, the next when it has ended", async () => {
      const { queue, other } = opened;
      const ask = (each: JobQueue, date: number) => each.enqueue(dayRun("nightly", date), { alone: true });
      const asked = await Promise.allSettled([ask(queue, 1), ask(other, 2), ask(queue, 3)]);
      const taken = asked.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
      const refused = asked.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
      expect(taken).toHaveLength(1);
      const { runId } = taken[0]!;
      for (const error of refused) expect(error).toMatchObject({ code: "conflict", details: { runId } });
      expect(refused).toHaveLength(2);
      await queue.enqueue({ ...dayRun("weekly"), pipeline: "weekly" }, { alone: true });
      await other.cancel(runId);
      expect(await ask(other, 4)).toMatchObject({ status: "queued" });
    });

    it("knows the last interval of a pipeline and configuration", async () => {
      const { queue } = opened;
      expect(await queue.lastInterval("nightly", {})).toBeUndefined();
      for (const date of [2, 9, 5]) await queue.enqueue(dayRun("nightly", date));
      await queue.enqueue(dayRun("nightly", 20, { file: "other" }));
      await queue.enqueue(dayRun("weekly", 25));
      expect(await queue.lastInterval("nightly", {})).toEqual({ start: day(9), end: day(10) });
    });
  });
}
