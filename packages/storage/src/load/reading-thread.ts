import { Worker } from "node:worker_threads";
import {
  type ErrorCode,
  type ErrorDetails,
  type Reject,
  type Scale,
  TamisError,
  throwIfAborted,
} from "@tamis/core";
import type { RatingBatch, RatingHandlers } from "./rating-batch.ts";
import type { RatingLayout } from "./rating-layout.ts";
import type { ReadOptions } from "./ratings-file.ts";

/** What the thread is given. */
export interface ReadingJob {
  readonly path: string;
  /** Of the bytes of the file; others are refused at its end. */
  readonly sha256: string;
  /** How rejects and messages call the file. */
  readonly name: string;
  readonly layout: RatingLayout;
  readonly scale: Scale;
  /** Messages that were not taken yet, shared; the thread stops at `mostWaiting`. */
  readonly waiting: Int32Array;
  readonly mostWaiting: number;
}

/** What it tells, one of these at a time, in the order of the file. */
export interface ReadingMessage {
  readonly batch?: RatingBatch;
  readonly reject?: Reject;
  /** Bytes read so far. */
  readonly bytes?: number;
  readonly end?: true;
  readonly error?: { readonly code?: ErrorCode; readonly message: string; readonly details?: ErrorDetails };
}

/** Reads delimited ratings files in a thread of its own. */
export interface ReadingThread {
  /**
   * Reads a file. What the handlers are told is what they would be told without the thread, in the same order.
   *
   * @throws data_load when the bytes are not those of the digest; what a handler throws; aborted
   */
  read(
    file: Omit<ReadingJob, "waiting" | "mostWaiting">,
    handlers: RatingHandlers,
    options?: ReadOptions,
  ): Promise<void>;
  close(): Promise<void>;
}

/** Messages that may wait: some 20 MB of batches. */
const mostWaiting = 64;

/** Starts a thread, so that this one has its hands free for what becomes of the rows. Each further read starts its own. */
export function readingThread(): ReadingThread {
  let ready: Thread | undefined = startThread();
  return {
    async read(file, handlers, { signal, onBytes } = {}) {
      throwIfAborted(signal);
      const { worker, failure } = ready ?? startThread();
      ready = undefined;
      const waiting = new Int32Array(new SharedArrayBuffer(4));
      try {
        await new Promise<void>((resolve, reject) => {
          const take = ({ batch, reject: refused, bytes, error }: ReadingMessage): void => {
            throwIfAborted(signal);
            if (batch) handlers.onBatch(batch);
            else if (refused) handlers.onReject(refused);
            else if (bytes !== undefined) onBytes?.(bytes);
            else if (error) throw errorOf(error);
            else resolve();
          };
          worker.on("message", (message: ReadingMessage) => {
            try {
              take(message);
            } catch (error) {
              worker.removeAllListeners("message");
              reject(error);
            }
            Atomics.sub(waiting, 0, 1);
            Atomics.notify(waiting, 0);
          });
          failure.catch(reject);
          worker.once("exit", (code) =>
            reject(new Error(`the thread that read ${file.name} ended: ${code}`)),
          );
          worker.postMessage({ ...file, waiting, mostWaiting } satisfies ReadingJob);
        });
      } finally {
        await worker.terminate();
      }
    },
    async close() {
      await ready?.worker.terminate();
      ready = undefined;
    },
  };
}

interface Thread {
  readonly worker: Worker;
  /** Rejected when it fails, which it may before anybody waits for it. */
  readonly failure: Promise<never>;
}

function startThread(): Thread {
  const worker = newWorker();
  const failure = new Promise<never>((_, reject) => worker.once("error", reject));
  failure.catch(() => {});
  return { worker, failure };
}

function newWorker(): Worker {
  if (!import.meta.url.endsWith(".ts")) {
    return new Worker(new URL("./reading-thread-main.js", import.meta.url));
  }
  // From the sources, as tests and benchmarks run: through their loader.
  const { href } = new URL("./reading-thread-main.ts", import.meta.url);
  return new Worker(`import("tsx/esm/api").then(({ register }) => (register(), import("${href}")))`, {
    eval: true,
    execArgv: ["--conditions=@tamis/source"],
  });
}

function errorOf({ code, message, details }: NonNullable<ReadingMessage["error"]>): Error {
  return code === undefined
    ? new Error(message)
    : new TamisError(code, message, { ...(details && { details }) });
}
