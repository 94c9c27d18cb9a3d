import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import {
  fromPlainError,
  type OnProgress,
  type PlainError,
  type Progress,
  TamisError,
  throwIfAborted,
} from "@tamis/core";
import { startThread } from "../start-thread.ts";
import type { TrialData, TrialJob } from "./measure-trial.ts";
import type { Measurement } from "./search.ts";

/** What a thread tells of a trial: how far it is, then its end. */
export interface TrialMessage {
  readonly progress?: Progress;
  readonly measured?: Measurement;
  readonly error?: PlainError;
}

/** Threads that measure trials, each one at a time. */
export interface TrialThreads {
  /** As `measureTrial`, in a thread of its own, which ends when the signal fires. */
  measure(job: TrialJob, context: { signal: AbortSignal; onProgress: OnProgress }): Promise<Measurement>;
  close(): Promise<void>;
}

/**
 * Threads for so many trials at the same time; they start when they are needed. Ratings and folds are in shared memory:
 * one copy, whatever the number of threads. The kernels of each trial get its part of the processors.
 */
export function trialThreads({ table, folds }: TrialData, count: number): TrialThreads {
  const data: TrialData = {
    table: {
      ...table,
      users: { ...table.users, codes: shared(table.users.codes) },
      items: { ...table.items, codes: shared(table.items.codes) },
      ratings: shared(table.ratings),
      ratedAt: null, // no trial looks at it
    },
    folds: folds.map(({ train, test }) => ({ train: shared(train), test: shared(test) })),
  };
  const each = Math.floor(availableParallelism() / count);
  const workers = each > 1 ? each : 0; // the thread itself is one
  const idle: Worker[] = [];
  return {
    async measure(job, { signal, onProgress }) {
      throwIfAborted(signal);
      const thread = idle.pop() ?? startThread(new URL("./trial-thread-main.ts", import.meta.url), data);
      try {
        const measured = await answerOf(thread, { ...job, workers }, signal, onProgress);
        idle.push(thread);
        return measured;
      } catch (error) {
        if (error instanceof TamisError && error.code !== "aborted") idle.push(thread);
        else await thread.terminate();
        throw error;
      }
    },
    async close() {
      await Promise.all(idle.splice(0).map((thread) => thread.terminate()));
    },
  };
}

async function answerOf(
  thread: Worker,
  job: TrialJob,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<Measurement> {
  const listening = new AbortController();
  try {
    return await new Promise<Measurement>((resolve, reject) => {
      thread.on("message", ({ progress, measured, error }: TrialMessage) => {
        if (progress) onProgress(progress);
        else if (measured) resolve(measured);
        else if (error) reject(fromPlainError(error));
      });
      thread.once("error", reject);
      thread.once("exit", (code) => reject(new Error(`the thread of a trial ended: ${code}`)));
      const cancel = () =>
        reject(new TamisError("aborted", "The trial was cancelled.", { cause: signal.reason }));
      signal.addEventListener("abort", cancel, { signal: listening.signal });
      thread.postMessage(job);
    });
  } finally {
    listening.abort();
    for (const event of ["message", "error", "exit"]) thread.removeAllListeners(event);
  }
}

/** The same values where every thread sees them. */
function shared<Values extends Int32Array | Float64Array>(values: Values): Values {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const copy = new (values.constructor as new (buffer: SharedArrayBuffer) => Values)(
    new SharedArrayBuffer(values.byteLength),
  );
  copy.set(values);
  return copy;
}
