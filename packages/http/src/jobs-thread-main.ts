/** What runs in the thread of `startJobs`: opens the stores and does runs that wait, until it is told to stop. */
import { once } from "node:events";
import { parentPort, workerData } from "node:worker_threads";
import { createLog } from "@tamis/core";
import { driftPipeline, type RefreshPorts, refreshPipeline, trainingPipeline } from "@tamis/ml";
import {
  driftPorts,
  importMovielens,
  importRatings,
  openQueue,
  openTamis,
  trainingPorts,
} from "@tamis/storage";
import { openMlflow } from "@tamis/storage/mlflow";
import type { JobsMessage, JobsThreadData } from "./jobs-thread.ts";

/** How often it looks for runs that other threads added, in milliseconds. */
const pollMs = 250;

const { stores, mlflowUrl, codeVersion } = workerData as JobsThreadData;
const post = (message: JobsMessage) => parentPort!.postMessage(message);
const log = createLog({
  level: "debug",
  sinks: [{ write: ({ level, message, fields }) => post({ record: { level, message, fields } }) }],
});

const stopped = once(parentPort!, "message");
const tamis = await openTamis(stores);
const mlflow = mlflowUrl === undefined ? undefined : openMlflow(tamis, { url: mlflowUrl, log });
mlflow?.send();
const ports = trainingPorts(tamis, { codeVersion, mirror: mlflow?.mirror });
const load: RefreshPorts["load"] = ({ path, format }, work) =>
  (format === "movielens" ? importMovielens : importRatings)(tamis, path, work);
const queue = await openQueue(tamis.records, { pollMs });
const pipelines = [
  trainingPipeline(ports),
  refreshPipeline({ ...ports, load }),
  driftPipeline(driftPorts(tamis)),
];
const worker = queue.work(pipelines, {
  onEvent(event) {
    const { type, ...fields } = event;
    const write = "failure" in event ? log.warn : log.info;
    write(type.replaceAll("_", " "), fields);
    post({ event });
  },
  onError: (error) => log.error("the queue cannot be asked; the thread asks again", { error }),
});
post({ ready: true });

await stopped;
await mlflow?.close();
await worker.stop();
await tamis.close();
