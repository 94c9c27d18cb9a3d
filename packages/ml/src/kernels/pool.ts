import { availableParallelism } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { isTamisError, TamisError, throwIfAborted } from "@tamis/core";
import { type Arena, createArena } from "./arena.ts";
import { arenaStart, control, controlBytes, longestRing } from "./control.ts";
import { createSharedMemory, instantiateKernels, kernelModule, type SharedMemory } from "./kernel-module.ts";
import { workerSource } from "./worker-source.ts";

/** Threads that run kernels over one shared memory. */
export interface KernelPool {
  readonly arena: Arena;
  /** Worker threads; 0 when the kernels run on the calling thread. */
  readonly workers: number;
  /**
   * Runs `phases` × `tasks` calls of a kernel. Calls of one phase may run at once; a phase starts when the one
   * before it is finished. The event loop stays free meanwhile.
   *
   * @throws aborted when the signal fires, after the calls that had started
   */
  run(job: KernelJob, context?: RunContext): Promise<void>;
}

export interface KernelJob {
  readonly kernel: string;
  /** Address of the arguments, from {@link Arena.words}. */
  readonly args: number;
  readonly tasks: number;
  /** @default 1 */
  readonly phases?: number;
  /** The number of the first phase; not for a ring. @default 0 */
  readonly from?: number;
  /**
   * Whether a call waits for less than the whole phase before it: only for that phase's calls of its own task and of
   * the next one, the first being next to the last.
   * @default false
   */
  readonly ring?: boolean;
}

export interface RunContext {
  readonly signal?: AbortSignal | undefined;
  /** Receives the number of calls finished so far, a few times per second. */
  readonly onFinished?: ((calls: number) => void) | undefined;
}

export interface PoolOptions {
  /**
   * Worker threads; 0 runs the kernels on the calling thread, in slices that let the event loop breathe. The
   * result never depends on it.
   * @default the number of processors, at most 8
   */
  readonly workers?: number | undefined;
}

interface ClosablePool extends KernelPool {
  close(): Promise<unknown>;
}

/** How long a pool outlives its last use, in ms: long enough for the next fold of a cross-validation. */
const idleTime = 2000;
/** How long the calling thread computes at a stretch, in ms. */
const slice = 8;
/** How often cancelling and progress are looked at while workers compute, in ms. */
const pollTime = 50;

/** Pools waiting for their next use; empty once `idleTime` has passed. A resource, not state: nobody can tell. */
const idle: { pool: ClosablePool; timer: NodeJS.Timeout }[] = [];

/**
 * Lends a pool to `use` and frees all its arrays afterwards. Pools are kept warm for two seconds, then close; they
 * never keep the process alive.
 */
export async function withKernels<T>(
  options: PoolOptions,
  use: (pool: KernelPool) => Promise<T>,
): Promise<T> {
  const workers = options.workers ?? Math.min(availableParallelism(), 8);
  const pool = takeIdle(workers) ?? createPool(workers);
  try {
    const result = await use(pool);
    keep(pool);
    return result;
  } catch (error) {
    // A cancelled job leaves every worker at rest; anything else may not.
    if (isTamisError(error) && error.code === "aborted") keep(pool);
    else await pool.close();
    throw error;
  }
}

function takeIdle(workers: number): ClosablePool | undefined {
  const index = idle.findIndex(({ pool }) => pool.workers === workers);
  if (index < 0) return undefined;
  const [entry] = idle.splice(index, 1);
  clearTimeout(entry?.timer);
  return entry?.pool;
}

function keep(pool: ClosablePool): void {
  pool.arena.reset();
  const timer = setTimeout(() => {
    idle.splice(
      idle.findIndex((entry) => entry.pool === pool),
      1,
    );
    void pool.close();
  }, idleTime);
  timer.unref();
  idle.push({ pool, timer });
}

function createPool(workers: number): ClosablePool {
  const memory = createSharedMemory();
  const arena = createArena(memory, arenaStart);
  if (workers === 0) return inlinePool(memory, arena);
  try {
    return workerPool(memory, arena, workers);
  } catch (error) {
    // No threads here (permission model, exotic host): the same kernels, one after the other.
    if (error instanceof Error && "code" in error) return inlinePool(memory, arena);
    throw error;
  }
}

function inlinePool(memory: SharedMemory, arena: Arena): ClosablePool {
  const kernels = instantiateKernels(memory);
  return {
    arena,
    workers: 0,
    async run({ kernel, args, tasks, phases = 1, from = 0 }, { signal, onFinished } = {}) {
      const call = kernels[kernel]!;
      let pause = performance.now() + slice;
      for (let ticket = 0; ticket < tasks * phases; ticket++) {
        throwIfAborted(signal);
        call(args, from + Math.floor(ticket / tasks), ticket % tasks);
        if (performance.now() < pause) continue;
        onFinished?.(ticket + 1);
        await nextTurn();
        pause = performance.now() + slice;
      }
      onFinished?.(tasks * phases);
    },
    close: async () => undefined,
  };
}

function workerPool(memory: SharedMemory, arena: Arena, count: number): ClosablePool {
  const words = new Int32Array(memory.buffer, 0, controlBytes / 4);
  const names = Object.keys(instantiateKernels(memory));
  let failure: unknown;
  const threads = Array.from({ length: count }, () =>
    startWorker(memory, names, (error) => (failure = error)),
  );

  async function run(
    { kernel, args, tasks, phases = 1, from = 0, ring = false }: KernelJob,
    context: RunContext = {},
  ): Promise<void> {
    throwIfAborted(context.signal);
    words[control.kernel] = names.indexOf(kernel);
    words[control.args] = args;
    words[control.tasks] = tasks;
    words[control.tickets] = tasks * (from + phases);
    // A phase that waits for all of the one before is right for a ring of any length.
    words[control.ring] = ring && tasks <= longestRing ? 1 : 0;
    words.fill(0, control.progress);
    for (const counter of [control.errorLength, control.stop, control.done]) Atomics.store(words, counter, 0);
    for (const counter of [control.next, control.finished]) Atomics.store(words, counter, tasks * from);
    for (const thread of threads) thread.ref();
    const stop = () => Atomics.store(words, control.stop, 1);
    context.signal?.addEventListener("abort", stop, { once: true });
    Atomics.add(words, control.generation, 1);
    Atomics.notify(words, control.generation);
    try {
      let done = 0;
      while (done < count && failure === undefined) {
        await changeOf(words, control.done, done);
        done = Atomics.load(words, control.done);
        context.onFinished?.(Atomics.load(words, control.finished) - tasks * from);
      }
    } finally {
      stop();
      context.signal?.removeEventListener("abort", stop);
      for (const thread of threads) thread.unref();
    }
    throwFailure(words, failure, kernel);
    throwIfAborted(context.signal);
  }

  return {
    arena,
    workers: count,
    run,
    close: () => Promise.all(threads.map((thread) => thread.terminate())),
  };
}

function startWorker(memory: SharedMemory, kernels: string[], onFailure: (error: unknown) => void): Worker {
  const worker = new Worker(workerSource, {
    eval: true,
    name: "tamis-kernels",
    // The host's loaders and flags (tsx, coverage…) are of no use to the kernels and slow the start.
    execArgv: [],
    workerData: { module: kernelModule(), memory, kernels },
  });
  worker.unref();
  worker.on("error", onFailure);
  worker.on("exit", (code) => onFailure(new Error(`a worker thread ended with code ${code}`)));
  return worker;
}

/** Waits until the word differs from `value`, or a moment has passed. */
async function changeOf(words: Int32Array, index: number, value: number): Promise<void> {
  // In every supported Node; TypeScript's ES2023 library does not know it yet.
  const { waitAsync } = Atomics as unknown as {
    waitAsync(
      words: Int32Array,
      index: number,
      value: number,
      timeout: number,
    ): { value: Promise<string> | string };
  };
  await waitAsync(words, index, value, pollTime).value;
}

function throwFailure(words: Int32Array, failure: unknown, kernel: string): void {
  const length = words[control.errorLength]!;
  if (failure === undefined && length === 0) return;
  const text = String.fromCharCode(...words.subarray(control.errorText, control.errorText + length));
  throw new TamisError("unavailable", `The kernel “${kernel}” failed: ${text || String(failure)}.`, {
    cause: failure,
  });
}
