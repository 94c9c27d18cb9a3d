import { Worker } from "node:worker_threads";
import { fromPlainError, type PlainError, type Reject, type Scale, throwIfAborted } from "@tamis/core";
import { createRatingBatch, type IdBatch, type RatingBatch, type RatingHandlers } from "./rating-batch.ts";
import type { RatingLayout } from "./rating-layout.ts";
import type { ReadOptions } from "./ratings-file.ts";

/** What the thread is given. */
export interface ReadingJob {
  readonly path: string;
  /** How rejects and messages call the file. */
  readonly name: string;
  readonly layout: RatingLayout;
  readonly scale: Scale;
  /** Batches in shared memory, used in turn. */
  readonly rooms: readonly RatingBatch[];
  /** Messages that were not taken yet, shared; the thread stops when there is one for each room. */
  readonly waiting: Int32Array;
}

/** What it tells, one of these at a time, in the order of the file. */
export interface ReadingMessage {
  readonly batch?: RoomedBatch;
  readonly reject?: Reject;
  /** Bytes read so far. */
  readonly bytes?: number;
  /** Of all of them, told when the last was read. */
  readonly sha256?: string;
  readonly end?: true;
  readonly error?: PlainError;
}

/** A batch of which all but the texts is in a room. */
export interface RoomedBatch {
  readonly room: number;
  readonly length: number;
  readonly userTexts: IdBatch["texts"];
  readonly itemTexts: IdBatch["texts"];
}

/** Reads delimited ratings files in a thread of its own. */
export interface ReadingThread {
  /**
   * Reads a file. What the handlers are told is what they would be told without the thread, in the same order.
   *
   * @param options.onDigest - told the SHA-256 of the file's bytes.
   * @throws what a handler throws; data_load, aborted
   */
  read(
    file: Omit<ReadingJob, "rooms" | "waiting">,
    handlers: RatingHandlers,
    options?: ReadOptions & { readonly onDigest?: (sha256: string) => void },
  ): Promise<void>;
  close(): Promise<void>;
}

/** Batches that may wait: some 5 MB. */
const mostWaiting = 16;

/** Starts a thread, so that this one has its hands free for what becomes of the rows. Each further read starts its own. */
export function readingThread(): ReadingThread {
  let ready: Thread | undefined = startThread();
  return {
    async read(file, handlers, { signal, onBytes, onDigest } = {}) {
      throwIfAborted(signal);
      const { worker, failure } = ready ?? startThread();
      ready = undefined;
      const rooms = Array.from({ length: mostWaiting }, () => createRatingBatch(SharedArrayBuffer));
      const waiting = new Int32Array(new SharedArrayBuffer(4));
      try {
        await new Promise<void>((resolve, reject) => {
          const take = ({ batch, reject: refused, bytes, sha256, error }: ReadingMessage): void => {
            throwIfAborted(signal);
            if (batch) handlers.onBatch(inRoom(rooms[batch.room]!, batch));
            else if (refused) handlers.onReject(refused);
            else if (bytes !== undefined) onBytes?.(bytes);
            else if (sha256 !== undefined) onDigest?.(sha256);
            else if (error) throw fromPlainError(error);
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
          worker.postMessage({ ...file, rooms, waiting } satisfies ReadingJob);
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

function inRoom(room: RatingBatch, { length, userTexts, itemTexts }: RoomedBatch): RatingBatch {
  room.length = length;
  room.users.texts = userTexts;
  room.items.texts = itemTexts;
  return room;
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
  // From the sources, as tests and benchmarks run: through their loader, found from here, not from the working folder.
  const { href } = new URL("./reading-thread-main.ts", import.meta.url);
  const loader = import.meta.resolve("tsx/esm/api");
  return new Worker(`import("${loader}").then(({ register }) => (register(), import("${href}")))`, {
    eval: true,
    execArgv: ["--conditions=@tamis/source"],
  });
}
