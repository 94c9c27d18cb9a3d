import {
  isTamisError,
  type JobQueue,
  type Pipeline,
  type PipelineEvent,
  type PipelineRun,
  type RunLedger,
  runPipeline,
  sleep,
  type Worker,
  type WorkOptions,
} from "@tamis/core";
import {
  addOnlyPipelineRun,
  addPipelineRun,
  cancelPipelineRun,
  findPipelineRun,
  lastPipelineInterval,
  resumePipelineRun,
} from "../sql/pipeline-runs.ts";
import { runLedger } from "../sql/run-ledger.ts";
import type { Records } from "../sql/schema.ts";

export interface QueueOptions {
  /** @default the ledger in the same records */
  readonly ledger?: RunLedger;
  /** How long a run stays its worker's after the last heartbeat, in ms. @default 30_000 */
  readonly leaseMs?: number;
  /** How often a worker looks for runs that other processes added or left, in ms. @default 1000 */
  readonly pollMs?: number;
  /** How long an interrupted step may take to stop, in ms. @default 10_000 */
  readonly graceMs?: number;
}

/** How a queue hands waiting runs to workers. That each is done once is the ledger's business, not its. */
export interface Handout {
  /** A run of these pipelines that waits, if any; `done` says that this worker is through with it. */
  take(pipelines: readonly string[]): Promise<TakenRun | undefined>;
  /** A run waits. */
  offer(run: PipelineRun): Promise<void>;
}

export interface TakenRun {
  readonly run: PipelineRun;
  done(): Promise<void>;
}

/** A {@link JobQueue} whose runs, and who has them, are in the ledger; `handout` only passes them on. */
export function ledgerQueue(records: Records, handout: Handout, options: QueueOptions = {}): JobQueue {
  const { ledger = runLedger(records), leaseMs = 30_000, pollMs = 1000, graceMs = 10_000 } = options;
  /** Ends the waits of this process' workers. */
  const naps = new Set<AbortController>();
  /** Cancels the runs that this process works on. */
  const ours = new Map<string, AbortController>();

  const wake = () => {
    for (const nap of naps) nap.abort();
  };

  async function rest(): Promise<void> {
    const nap = new AbortController();
    naps.add(nap);
    await sleep(pollMs, nap.signal).catch(() => {}); // woken early
    naps.delete(nap);
  }

  /** Does one waiting run. False when there was none. */
  async function workOne(
    pipelines: readonly Pipeline[],
    release: AbortSignal,
    given: WorkOptions,
  ): Promise<boolean> {
    const taken = await handout.take(pipelines.map(({ name }) => name));
    const pipeline = pipelines.find(({ name }) => name === taken?.run.pipeline);
    if (taken === undefined || pipeline === undefined) return false;
    const { runId, interval, config } = taken.run;
    const cancellation = new AbortController();
    let started = false;
    let released = false;
    const onEvent = (event: PipelineEvent) => {
      if (event.type === "run_started") ours.set(runId, cancellation);
      if (event.type === "run_released") released = true;
      started = true;
      given.onEvent?.(event);
    };
    try {
      const { signal } = cancellation;
      const { alerts = [] } = given;
      await runPipeline(pipeline, {
        ...{ ledger, interval, config, leaseMs, graceMs, signal, release, alerts, onEvent },
        resume: false,
      });
    } catch (error) {
      // Before its start, a conflict means that another worker was quicker, or that it was cancelled; after it, its
      // failure is in the ledger and was told as an event.
      if (!started && !(isTamisError(error) && error.code === "conflict")) throw error;
    } finally {
      ours.delete(runId);
      await taken.done();
      if (released) await handout.offer(taken.run);
    }
    return true;
  }

  function work(pipelines: readonly Pipeline[], given: WorkOptions = {}): Worker {
    const { concurrency = 1, onError } = given;
    const stopping = new AbortController();
    const release = new AbortController();
    const lane = async () => {
      while (!stopping.signal.aborted) {
        const worked = await workOne(pipelines, release.signal, given).catch((error) => {
          onError?.(error);
          return false;
        });
        if (!worked && !stopping.signal.aborted) await rest();
      }
    };
    const lanes = Array.from({ length: concurrency }, lane);
    return {
      async stop({ drain = false } = {}) {
        stopping.abort();
        if (!drain) release.abort();
        wake();
        await Promise.all(lanes);
      },
    };
  }

  return {
    async enqueue(key, { resume = false, alone = false } = {}) {
      const runId = await (alone ? addOnlyPipelineRun : addPipelineRun)(records, key);
      if (resume) await resumePipelineRun(records, runId);
      const run = (await findPipelineRun(records, runId))!;
      if (run.status === "queued") await handout.offer(run);
      wake();
      return run;
    },
    work,
    async cancel(runId) {
      await cancelPipelineRun(records, runId);
      ours.get(runId)?.abort();
    },
    find: (runId) => findPipelineRun(records, runId),
    lastInterval: (pipeline, config) => lastPipelineInterval(records, pipeline, config),
  };
}
