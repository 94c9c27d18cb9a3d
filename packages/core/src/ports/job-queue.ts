import type { AlertHook } from "../pipeline/alert.ts";
import type { Interval } from "../pipeline/interval.ts";
import type { Pipeline, PipelineConfig } from "../pipeline/pipeline.ts";
import type { PipelineEvent } from "../pipeline/pipeline-event.ts";
import type { Progress } from "../progress.ts";
import type { Failure, RunKey } from "./run-ledger.ts";

/**
 * Runs of pipelines that wait for a worker: in this process, or in many. A job is a run of the ledger, so it is
 * done once, whoever asks for it how often; one whose worker dies is taken up by another when its lease is over.
 */
export interface JobQueue {
  /**
   * Adds a run, or finds it when it is there already, in whatever state.
   *
   * @throws conflict with `alone`, naming the other run as `runId`
   */
  enqueue(run: RunKey, options?: EnqueueOptions): Promise<PipelineRun>;
  /** Takes waiting runs of these pipelines, one after the other, until it is stopped. */
  work(pipelines: readonly Pipeline[], options?: WorkOptions): Worker;
  /**
   * Cancels a run: at once when it waits, else at the next heartbeat of its worker.
   *
   * @throws not_found; conflict when it has ended already
   */
  cancel(runId: string): Promise<void>;
  /** A run with its steps and progress. */
  find(runId: string): Promise<PipelineRun | undefined>;
  /** The interval with the latest end of which this pipeline has a run. */
  lastInterval(pipeline: string, config: PipelineConfig): Promise<Interval | undefined>;
}

export interface EnqueueOptions {
  /** Lets a run that failed or was cancelled wait for a worker once more. @default false */
  readonly resume?: boolean;
  /** Refuses while a run of the pipeline waits or is at work: of two that ask at once, one is refused. @default false */
  readonly alone?: boolean;
}

export interface WorkOptions {
  /** Runs at the same time. @default 1 */
  readonly concurrency?: number;
  readonly onEvent?: (event: PipelineEvent) => void;
  readonly alerts?: readonly AlertHook[];
  /** Told when the queue could not be asked; the worker asks again. */
  readonly onError?: (error: unknown) => void;
}

export interface Worker {
  /**
   * Takes no more runs, and resolves when its own are put down: by default they are interrupted and wait for
   * another worker, which goes on at the interrupted step; with `drain` they are done first.
   */
  stop(options?: { readonly drain?: boolean }): Promise<void>;
}

export type PipelineRunStatus = "queued" | "running" | "finished" | "failed" | "cancelled";

/** What the ledger knows of a run. */
export interface PipelineRun extends RunKey {
  readonly runId: string;
  readonly status: PipelineRunStatus;
  readonly worker: string | null;
  /** Until when its worker has it, by the clock of the ledger; when that is over, another one may take it. */
  readonly leaseUntil: Date | null;
  readonly progress: Progress | null;
  readonly failure: Failure | null;
  readonly cancelRequested: boolean;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** Every attempt of every step, in order of time. */
  readonly steps: readonly StepRun[];
}

export interface StepRun {
  readonly step: string;
  readonly attempt: number;
  /** `lost`: its worker died or was too slow to renew its lease. */
  readonly status: "running" | "finished" | "failed" | "cancelled" | "lost";
  readonly worker: string;
  readonly outputDigest: string | null;
  readonly failure: Failure | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}
