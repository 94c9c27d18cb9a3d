export {
  type FakeMlflow,
  type FakeMlflowOptions,
  type Fault,
  startFakeMlflow,
} from "./fake-mlflow/fake-mlflow.ts";
export { type JobQueueContract, jobQueueContract } from "./job-queue-contract.ts";
export { type ModelCatalogContract, modelCatalogContract } from "./model-catalog-contract.ts";
export {
  localObjectStoreContract,
  type ObjectStoreContract,
  objectStoreContract,
} from "./object-store-contract.ts";
export { type RecordsContract, recordsContract } from "./records-contract.ts";
export { type RunLedgerContract, runLedgerContract } from "./run-ledger-contract.ts";
export { type RunTrackerContract, runTrackerContract } from "./run-tracker-contract.ts";
export {
  findPostgres,
  startThrowawayPostgres,
  type ThrowawayPostgres,
} from "./throwaway-postgres.ts";
