export { environmentCredentials, type MlflowCredentials } from "./credentials.ts";
export { findMlflowRun } from "./find-mlflow-run.ts";
export type { MirroredRegistry } from "./mirror-registry.ts";
export { mlModelFile } from "./ml-model-file.ts";
export {
  type MlflowClient,
  type MlflowClientOptions,
  type MlflowRequest,
  mlflowClient,
} from "./mlflow-client.ts";
export { fromMlflowKey, toMlflowKey } from "./mlflow-key.ts";
export { type MlflowTrackerOptions, mlflowTracker } from "./mlflow-tracker.ts";
export { type Mlflow, type OpenMlflowOptions, openMlflow, type Synced } from "./open-mlflow.ts";
export type { OpenBucket } from "./put-artifact.ts";
export type { Replayed } from "./replay-spool.ts";
export {
  datasetInputOf,
  fromMlflowStatus,
  type KeyValue,
  messageTag,
  ownTags,
  parametersOf,
  tagsOf,
  toMlflowStatus,
} from "./run-facts.ts";
export type { SyncedRuns } from "./sync-runs.ts";
export { versionTags } from "./version-tags.ts";
