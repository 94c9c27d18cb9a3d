import { Worker } from "node:worker_threads";
import { type ErrorCode, type ErrorDetails, type Reject, type Scale, TamisError, throwIfAborted } from "@tamis/core";
import type { RatingBatch, RatingHandlers } from "./rating-batch.ts";
import type { RatingLayout } from "./rating-layout.ts";
import type { ReadOptions } from "./ratings-file.ts";

/** What the thread is given. */
export interface RatingsThreadData {
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
export interface RatingsThreadMessage {
  readonly batch?: RatingBatch;
  readonly reject?: Reject;
  /** Bytes read so far. */
  readonly bytes?: number;
  readonly end?: true;
  readonly error?: { readonly code?: ErrorCode; readonly message: string; readonly details?: ErrorDetails };
}

/** Messages that may wait: some 20 MB of batches. */
const mostWaiting = 64;

/**
 * Reads a delimited ratings file in a thread of its own, so that this one has its hands free for what becomes of the
 * rows. What the handlers are told is the same, in the same order.
 *
 * @throws data_load when the bytes are not those of the digest; what a handler throws; aborted
 */
export async function readInThread(
  file: Omit<RatingsThreadData, "waiting" | "mostWaiting">,
  { onBatch, onReject }: RatingHandlers,
  { signal, onBytes }: ReadOptions = {},
): Promise<void> {
  throwIfAborted(signal);
  const waiting = new Int32Array(new SharedArrayBuffer(4));
  const worker = startThread({ ...file, waiting, mostWaiting });
  try {
    await new Promise<void>((resolve, reject) => {
      const take = (message: RatingsThreadMessage): void => {
        throwIfAborted(signal);
        if (message.batch) onBatch(message.batch);
        else if (message.reject) onReject(message.reject);
        else if (message.bytes !== undefined) onBytes?.(message.bytes);
        else if (message.error) throw errorOf(message.error);
        else resolve();
      };
      worker.on("message", (message: RatingsThreadMessage) => {
        try {
          take(message);
        } catch (error) {
          reject(error);
        }
        Atomics.sub(waiting, 0, 1);
        Atomics.notify(waiting, 0);
      });
      worker.once("error", reject);
      worker.once("exit", (code) => reject(new Error(`the thread that read ${file.name} ended with ${code}`)));
    });
  } finally {
    await worker.terminate();
  }
}

function startThread(workerData: RatingsThreadData): Worker {
  if (!import.meta.url.endsWith(".ts")) {
    return new Worker(new URL("./ratings-thread.js", import.meta.url), { workerData });
  }
  // From the sources, as tests and benchmarks run: through their loader.
  const { href } = new URL("./ratings-thread.ts", import.meta.url);
  return new Worker(`import("tsx/esm/api").then(({ register }) => (register(), import("${href}")))`, {
    eval: true,
    execArgv: ["--conditions=@tamis/source"],
    workerData,
  });
}

function errorOf({ code, message, details }: NonNullable<RatingsThreadMessage["error"]>): Error {
  return code === undefined ? new Error(message) : new TamisError(code, message, { ...(details && { details }) });
}
