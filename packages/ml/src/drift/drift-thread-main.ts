/** What runs in the thread of `judgeInThread`: one comparison. */
import { parentPort, workerData } from "node:worker_threads";
import { toPlainError } from "@tamis/core";
import { type DriftMaterial, judgeDrift } from "./judge-drift.ts";
import type { DriftThreadMessage } from "./judge-in-thread.ts";

parentPort!.postMessage(answer());

function answer(): DriftThreadMessage {
  try {
    return { found: judgeDrift(workerData as DriftMaterial) };
  } catch (error) {
    return { error: toPlainError(error) };
  }
}
