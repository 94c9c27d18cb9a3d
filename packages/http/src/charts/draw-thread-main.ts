import { parentPort } from "node:worker_threads";
import { drawSvg } from "./draw-svg.ts";
import type { Drawn, DrawTask } from "./draw-thread.ts";

/** Draws one chart after the other, in the order they come. */
parentPort?.on("message", ({ number, chart, size }: DrawTask) => {
  const answer = (drawn: Omit<Drawn, "number">) => parentPort?.postMessage({ number, ...drawn });
  try {
    answer({ svg: drawSvg(chart, size) });
  } catch (error) {
    answer({ failure: error instanceof Error ? error.message : String(error) });
  }
});
