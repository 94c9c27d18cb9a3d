export type { WebhookShape } from "./alerts/alert-body.ts";
export { type WebhookOptions, webhook } from "./alerts/webhook.ts";
export { webhookFile } from "./alerts/webhook-file.ts";
export { driftPorts } from "./drift-ports.ts";
export { type Host, type MachineFacts, readHost } from "./host.ts";
export { type CollectGarbageOptions, collectGarbage, type Garbage } from "./lake/collect-garbage.ts";
export { countByRating, type RatingCount } from "./lake/count-by-rating.ts";
export { importMovielens } from "./lake/import-movielens.ts";
export type { ImportOptions, ImportResult } from "./lake/import-options.ts";
export { type ImportRatingsOptions, importRatings } from "./lake/import-ratings.ts";
export { type Lineage, type LineageStep, lineage } from "./lake/lineage.ts";
export type { SnapshotFile, SnapshotManifest } from "./lake/manifest.ts";
export { type DuplicatePolicy, duplicatePolicies } from "./lake/resolve-duplicates.ts";
export { currentManifest, readSnapshot, type Snapshot } from "./lake/snapshot.ts";
export type { RawFile, SourceManifest } from "./lake/source-manifest.ts";
export type { TextEncoding } from "./load/delimited-batch.ts";
export type { RatingColumnNames } from "./load/ratings-file.ts";
export { abortable } from "./objects/abortable.ts";
export { type CachedObjectsOptions, cachedObjects } from "./objects/cache/cached.ts";
export { checkRange } from "./objects/check-range.ts";
export { initObjects, type ObjectsReport } from "./objects/init-objects.ts";
export { checkObjectKey, checkObjectPrefix, compareKeys } from "./objects/object-key.ts";
export { type OpenOptions, openRecords, openTamis, type Tamis } from "./open.ts";
export { type CronOptions, cron } from "./queue/cron.ts";
export { embeddedQueue } from "./queue/embedded.ts";
export type { QueueOptions } from "./queue/ledger-queue.ts";
export { openQueue } from "./queue/open-queue.ts";
export { scheduleFile } from "./queue/schedule-file.ts";
export {
  type AuditEntry,
  type AuditPage,
  type ListAuditOptions,
  listAudit,
  type StoredAuditEntry,
  writeAudit,
} from "./sql/audit.ts";
export { type BackupOptions, backup } from "./sql/backup.ts";
export type { BackupManifest } from "./sql/backup-manifest.ts";
export {
  type GenomeScores,
  type ItemLinks,
  type ItemTag,
  type Rows,
  replaceGenome,
  replaceItemTags,
  replaceLinks,
} from "./sql/catalogue.ts";
export { databaseClock } from "./sql/clock.ts";
export { type DriftStoreOptions, driftStore } from "./sql/drift.ts";
export { type Experiment, listExperiments } from "./sql/experiments.ts";
export { fenced } from "./sql/fenced.ts";
export {
  claimKey,
  type KeptAnswer,
  type KeyClaim,
  type KeyedRequest,
  keepAnswer,
  keptKeyMs,
  releaseKey,
  renewKey,
} from "./sql/idempotency-keys.ts";
export {
  beginImport,
  failImport,
  findFinishedImport,
  findImport,
  finishImport,
  type Import,
  type ImportOutcome,
  listImports,
  type NewImport,
} from "./sql/imports.ts";
export {
  allItems,
  findItem,
  findItems,
  type ItemPage,
  type ListItemsOptions,
  listItems,
  type RatedItem,
  removeUnratedItems,
  upsertItems,
} from "./sql/items.ts";
export { withLock } from "./sql/lock.ts";
export {
  type MigrateOptions,
  type MigrationResult,
  migrate,
  pendingMigrations,
  schemaVersion,
} from "./sql/migrate.ts";
export type { Migration } from "./sql/migrations/migration.ts";
export { modelNames } from "./sql/model-names.ts";
export { type ModelCatalogOptions, modelCatalog } from "./sql/models.ts";
export {
  countOpenPipelineRuns,
  findPipelineRun,
  type ListPipelineRunsOptions,
  listPipelineRuns,
  pipelineOutputs,
} from "./sql/pipeline-runs.ts";
export { type RandomRatingsOptions, randomRatings } from "./sql/random-ratings.ts";
export type { RatingBatch } from "./sql/rating-batch.ts";
export {
  countStats,
  type RatingStats,
  ratingsOfUser,
} from "./sql/ratings.ts";
export { type RecommendationStats, recommendationStats } from "./sql/recommendation-stats.ts";
export {
  addRecommendations,
  type LoggedRecommendation,
  type RecommendationMethod,
  removeRecommendations,
} from "./sql/recommendations.ts";
export {
  addRejects,
  countRejects,
  type ListRejectsOptions,
  listRejects,
  type RejectPage,
  removeRejects,
  type StoredReject,
} from "./sql/rejects.ts";
export { type ReplaceRatingsOptions, replaceImportedRatings } from "./sql/replace-ratings.ts";
export { type RestoreOptions, restore } from "./sql/restore.ts";
export { type MetricPoint, metricsOfRuns, runFacets } from "./sql/run-history.ts";
export { type RunLedgerOptions, runLedger } from "./sql/run-ledger.ts";
export {
  type AbandonedRuns,
  failAbandonedRuns,
  type RunStores,
  type RunTrackerOptions,
  runTracker,
} from "./sql/run-tracker.ts";
export {
  artifactsOfRun,
  type Direction,
  findRun,
  findRuns,
  type ListRunsOptions,
  listRuns,
  type Run,
  type RunPage,
  type StoredArtifact,
} from "./sql/runs.ts";
export type { Instant, RatingSource, Records, Schema } from "./sql/schema.ts";
export { type SchemaComments, schemaComments } from "./sql/schema-comments.ts";
export {
  type Comparison,
  type RunAttribute,
  type RunCondition,
  type RunField,
  type SearchRunsOptions,
  searchRuns,
} from "./sql/search-runs.ts";
export { readServiceFacts, type ServiceFacts } from "./sql/service-facts.ts";
export { beginSession, endSession, type SessionLimits, tokenOfSession } from "./sql/sessions.ts";
export {
  addSnapshot,
  currentSnapshot,
  findSnapshot,
  listSnapshots,
  makeCurrent,
  type SnapshotRecord,
} from "./sql/snapshots.ts";
export { addSyntheticRatings, type SyntheticRatingsOptions } from "./sql/synthetic-ratings.ts";
export {
  createToken,
  isUsable,
  listTokens,
  maxSecretDays,
  type NewToken,
  revokeToken,
  type StoredToken,
  type TokenChange,
  tokenHash,
  tokenId,
  touchToken,
  usableTokens,
} from "./sql/tokens.ts";
export {
  findUser,
  type ListUsersOptions,
  listUsers,
  type RatingUser,
  removeUnratedUsers,
  type UserPage,
  upsertUsers,
} from "./sql/users.ts";
export { writeTransaction } from "./sql/write-transaction.ts";
export { type TrainingPortsOptions, trainingPorts } from "./training-ports.ts";
export { duckdbWarehouse } from "./warehouse/duckdb.ts";
export type { DuckdbOptions } from "./warehouse/open-duckdb.ts";
export { ratingCounts } from "./warehouse/rating-counts.ts";
