/** What runs in one of the `trialThreads`: measures the trials it is sent, one at a time, and posts their scores. */
import { parentPort, workerData } from "node:worker_threads";
import { toPlainError } from "@tamis/core";
import { measureTrial, type TrialData, type TrialJob } from "./measure-trial.ts";
import type { TrialMessage } from "./trial-threads.ts";

const post = (message: TrialMessage) => parentPort!.postMessage(message);

parentPort!.on("message", (job: TrialJob) => {
  measureTrial(workerData as TrialData, job, { onProgress: (progress) => post({ progress }) }).then(
    (measured) => post({ measured }),
    (error: unknown) => post({ error: toPlainError(error) }),
  );
});
