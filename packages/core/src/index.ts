export {
  Config,
  type ConfigOrigin,
  type ConfigSources,
  environmentVariable,
  type ResolvedConfig,
  resolveConfig,
} from "./config.ts";
export {
  createEnvironment,
  type DetectedEnvironment,
  detectEnvironment,
  type Environment,
  type EnvironmentName,
  type HostFacts,
} from "./environment.ts";
export {
  type ErrorCode,
  type ErrorDetails,
  errorCodes,
  isTamisError,
  TamisError,
  throwIfAborted,
} from "./errors.ts";
export { canonicalId, compareIds, Id, maxIdLength } from "./id.ts";
export { Item, releaseYear } from "./item.ts";
export {
  createLog,
  formatLogLine,
  type Log,
  type LogFields,
  type LogLevel,
  type LogOptions,
  type LogRecord,
  type LogSink,
  logLevels,
  silentLog,
} from "./log.ts";
export type { ModelAlias, ModelCatalog, ModelVersion, NewModelVersion } from "./ports/model-catalog.ts";
export type {
  GetOptions,
  ListedObject,
  ObjectStore,
  PutOptions,
  StoredObject,
} from "./ports/object-store.ts";
export type { NewRun, RunStatus, RunTracker } from "./ports/run-tracker.ts";
export type { Warehouse, WarehouseChunk, WarehouseColumn, WarehouseParameters } from "./ports/warehouse.ts";
export type { OnProgress, Progress } from "./progress.ts";
export {
  type Checked,
  checkRating,
  maxRawLength,
  parseInstant,
  type RawRating,
  type Reject,
  type RejectReason,
  rejectReasons,
} from "./quality.ts";
export { createRandom, type Random } from "./random.ts";
export { Rating, Scale } from "./rating.ts";
export { type IdColumn, type RatingTable, ratingTable } from "./rating-table.ts";
export { Review } from "./review.ts";
export { type ScorePart, type WeightedScore, type WeightedScoreOptions, weightedScore } from "./score.ts";
export { User } from "./user.ts";
