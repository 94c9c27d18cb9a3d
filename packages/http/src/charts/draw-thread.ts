import type { Worker } from "node:worker_threads";
import { startThread } from "../start-thread.ts";
import type { Chart } from "./chart.ts";
import type { Size } from "./draw-svg.ts";

/** What the thread is asked. */
export interface DrawTask {
  readonly number: number;
  readonly chart: Chart;
  readonly size: Size;
}

/** What it answers. */
export interface Drawn {
  readonly number: number;
  readonly svg?: string;
  readonly failure?: string;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, { resolve(svg: string): void; reject(error: Error): void }>;
}

let thread: Thread | undefined;
let tasks = 0;

/**
 * Draws beside the event loop, so that nobody who asks for recommendations waits for somebody's chart. One thread for the
 * process, started by the first drawing; it keeps the process only while it has something to draw.
 */
export function drawInThread(chart: Chart, size: Size): Promise<string> {
  thread ??= start();
  const { worker, waiting } = thread;
  const number = ++tasks;
  return new Promise((resolve, reject) => {
    waiting.set(number, { resolve, reject });
    worker.ref();
    worker.postMessage({ number, chart, size } satisfies DrawTask);
  });
}

function start(): Thread {
  const worker = startThread(new URL("./draw-thread-main.ts", import.meta.url), undefined);
  const waiting: Thread["waiting"] = new Map();
  worker.on("message", ({ number, svg, failure }: Drawn) => {
    const task = waiting.get(number);
    waiting.delete(number);
    if (waiting.size === 0) worker.unref();
    if (svg === undefined) task?.reject(new Error(`The chart cannot be drawn: ${failure}`));
    else task?.resolve(svg);
  });
  let cause: Error | undefined;
  worker.on("error", (error) => {
    cause = error;
  });
  worker.on("exit", () => {
    thread = undefined;
    for (const { reject } of waiting.values()) {
      reject(new Error("The thread that draws charts has ended.", { cause }));
    }
  });
  return { worker, waiting };
}
