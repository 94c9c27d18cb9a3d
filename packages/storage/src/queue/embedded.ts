import {
  type JobQueue,
  type Pipeline,
  type PipelineEvent,
  type RunLedger,
  runPipeline,
  sleep,
  type Worker,
  type WorkOptions,
} from "@tamis/core";
import {
  addPipelineRun,
  cancelPipelineRun,
  findPipelineRun,
  lastPipelineInterval,
  resumePipelineRun,
  waitingPipelineRun,
} from "../sql/pipeline-runs.ts";
import { runLedger } from "../sql/run-ledger.ts";
import type { Records } from "../sql/schema.ts";

export interface EmbeddedQueueOptions {
  /** @default the ledger in the same records */
  readonly ledger?: RunLedger;
  /** How long a run stays its worker's after the last heartbeat, in ms. @default 30_000 */
  readonly leaseMs?: number;
  /** How often a worker looks for runs that other processes added or left, in ms. @default 1000 */
  readonly pollMs?: number;
  /** How long an interrupted step may take to stop, in ms. @default 10_000 */
  readonly graceMs?: number;
}

/**
 * A {@link JobQueue} in the records themselves, worked on by this process and any other that opens them: no server.
 *
 * @example
 * const worker = embeddedQueue(tamis.records).work([nightly]);
 * process.once("SIGTERM", () => worker.stop());
 */
export function embeddedQueue(records: Records, options: EmbeddedQueueOptions = {}): JobQueue {
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

  /** Does the run that has waited longest. False when there was none, or another worker was quicker. */
  async function workOne(
    pipelines: readonly Pipeline[],
    release: AbortSignal,
    given: WorkOptions,
  ): Promise<boolean> {
    const names = pipelines.map(({ name }) => name);
    const waiting = await waitingPipelineRun(records, names);
    const pipeline = pipelines.find(({ name }) => name === waiting?.pipeline);
    if (waiting === undefined || pipeline === undefined) return false;
    const { runId, interval, config } = waiting;
    const cancellation = new AbortController();
    let started = false;
    const onEvent = (event: PipelineEvent) => {
      if (event.type === "run_started") ours.set(runId, cancellation);
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
      if (!started) throw error;
      // Its failure is in the ledger and was told as an event.
    } finally {
      ours.delete(runId);
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
    async enqueue(run, { resume = false } = {}) {
      const runId = await addPipelineRun(records, run);
      if (resume) await resumePipelineRun(records, runId);
      wake();
      return (await findPipelineRun(records, runId))!;
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
