import type { Worker } from "node:worker_threads";
import { type Log, type LogRecord, type PipelineEvent, silentLog } from "@tamis/core";
import type { OpenOptions } from "@tamis/storage";
import { startThread } from "./start-thread.ts";

/** What the thread is given. */
export interface JobsThreadData {
  /** Where it opens stores of its own. */
  readonly stores: OpenOptions;
  /** MLflow server that runs and models are mirrored to. @default none */
  readonly mlflowUrl?: string | undefined;
  /** Version of the program, which each run keeps. @default none */
  readonly codeVersion?: string | undefined;
}

/** What it tells. */
export interface JobsMessage {
  /** It takes runs from now on. */
  readonly ready?: true;
  readonly record?: Pick<LogRecord, "level" | "message" | "fields">;
  readonly event?: PipelineEvent;
}

/** A thread that does the runs that wait: of the pipelines `training`, `refresh` and `drift`. */
export interface Jobs {
  health(): JobsHealth;
  /** Leaves what is at work to the next worker, which goes on at its step, and ends the thread. */
  stop(): Promise<void>;
}

export interface JobsHealth {
  readonly status: "starting" | "working" | "crashed";
  /** How often it ended without being told to. */
  readonly crashes: number;
}

export interface JobsOptions extends JobsThreadData {
  /** @default a log that goes nowhere */
  readonly log?: Log;
  readonly onEvent?: (event: PipelineEvent) => void;
}

/** The wait before a thread that crashed is started again doubles up to this, in milliseconds. */
const longestWaitMs = 30_000;
/** How long a thread may take to put its work down, in milliseconds; then it is ended. */
const stopMs = 15_000;

/** Starts the thread, and starts it again when it crashes. */
export function startJobs({ log = silentLog, onEvent, ...data }: JobsOptions): Jobs {
  let status: JobsHealth["status"] = "starting";
  let crashes = 0;
  let inARow = 0;
  let stopping = false;
  let again: NodeJS.Timeout | undefined;
  let thread = start();

  function start(): { readonly worker: Worker; readonly ended: Promise<void> } {
    const worker = startThread(new URL("./jobs-thread-main.ts", import.meta.url), data);
    worker.on("message", ({ ready, record, event }: JobsMessage) => {
      if (ready) {
        status = "working";
        log.info("jobs thread works", { crashes });
      }
      if (event?.type === "run_finished") inARow = 0;
      if (event) onEvent?.(event);
      if (record) log[record.level](record.message, record.fields);
    });
    worker.on("error", (error) => log.error("jobs thread failed", { error }));
    const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    void ended.then(() => {
      if (stopping) return;
      status = "crashed";
      crashes++;
      const waitMs = Math.min(longestWaitMs, 500 * 2 ** inARow++);
      log.error("jobs thread ended; it is started again", { crashes, waitMs });
      again = setTimeout(() => {
        status = "starting";
        thread = start();
      }, waitMs);
    });
    return { worker, ended };
  }

  return {
    health: () => ({ status, crashes }),
    async stop() {
      stopping = true;
      clearTimeout(again);
      const { worker, ended } = thread;
      // One that is still starting has nothing in hand.
      if (status === "starting") void worker.terminate();
      else worker.postMessage("stop");
      const deadline = setTimeout(() => worker.terminate(), stopMs);
      await ended;
      clearTimeout(deadline);
    },
  };
}
