export { environmentCredentials, type MlflowCredentials } from "./credentials.ts";
export { findMlflowRun } from "./find-mlflow-run.ts";
export {
  type MlflowClient,
  type MlflowClientOptions,
  type MlflowRequest,
  mlflowClient,
} from "./mlflow-client.ts";
export { type MlflowTrackerOptions, mlflowTracker } from "./mlflow-tracker.ts";
export type { OpenBucket } from "./put-artifact.ts";
