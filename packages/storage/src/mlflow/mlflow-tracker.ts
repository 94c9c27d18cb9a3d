import type { RunTracker } from "@tamis/core";
import { newId as uuid } from "../sql/new-id.ts";
import type { MlflowClient } from "./mlflow-client.ts";
import { type RunWriterOptions, runWriter } from "./run-writer.ts";

export interface MlflowTrackerOptions extends RunWriterOptions {
  readonly now?: () => Date;
  /** What a run is found again by when the answer to its start was lost. @default a UUID version 7 */
  readonly newId?: () => string;
}

/**
 * A {@link RunTracker} on an MLflow server; the ids of runs are MLflow's. Names that MLflow refuses are written
 * otherwise and come back as they were; a parameter's type comes back too. Read runs with `findMlflowRun`.
 *
 * Every call is safe to repeat: times and ids are fixed before the first try. It throws when the server is away; for
 * training that goes on then, see `openMlflow`.
 *
 * @example
 * const tracker = mlflowTracker(mlflowClient({ url: "http://localhost:5000" }));
 */
export function mlflowTracker(client: MlflowClient, options: MlflowTrackerOptions = {}): RunTracker {
  const { now = () => new Date(), newId = () => uuid(now()) } = options;
  const writer = runWriter(client, options);
  return {
    start: (run) => writer.start(newId(), run, now()),
    logParameters: (runId, parameters) => writer.logParameters(runId, parameters),
    logMetrics: (runId, metrics, step = 0) => writer.logMetrics(runId, metrics, step, now()),
    logArtifact: (runId, artifact) => writer.logArtifact(runId, artifact),
    finish: (runId, status, message) => writer.finish(runId, status, message, now()),
  };
}
