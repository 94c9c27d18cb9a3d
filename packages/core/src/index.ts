export { type Action, actions, can, type Role, roles } from "./access.ts";
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
export { canonicalJson, type Json, jsonDigest } from "./json.ts";
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
export type { Alert, AlertHook } from "./pipeline/alert.ts";
export { checkInterval, type Interval } from "./pipeline/interval.ts";
export { definePipeline, type Pipeline, type PipelineConfig } from "./pipeline/pipeline.ts";
export type { PipelineEvent } from "./pipeline/pipeline-event.ts";
export { isTemporary, type RetryOptions, type RetryPolicy, retry } from "./pipeline/retry.ts";
export { type PipelineResult, type RunPipelineOptions, runPipeline } from "./pipeline/run-pipeline.ts";
export { enqueueDue, runSchedules, type SchedulerOptions } from "./pipeline/run-schedules.ts";
export {
  type CatchUp,
  intervalsBetween,
  latestInterval,
  type NextRun,
  type Schedule,
} from "./pipeline/schedule.ts";
export { type Sleep, sleep } from "./pipeline/sleep.ts";
export {
  defineStep,
  type OutputsOf,
  type Step,
  type StepContext,
  type StepDefinition,
  type StepHold,
} from "./pipeline/step.ts";
export { fromPlainError, type PlainError, toPlainError } from "./plain-error.ts";
export type {
  DriftReportFilter,
  DriftStore,
  NewDriftBaseline,
  NewDriftReport,
  StoredDriftBaseline,
  StoredDriftReport,
} from "./ports/drift-store.ts";
export type {
  EnqueueOptions,
  JobQueue,
  PipelineRun,
  PipelineRunStatus,
  StepRun,
  Worker,
  WorkOptions,
} from "./ports/job-queue.ts";
export type {
  ModelAlias,
  ModelCatalog,
  ModelRole,
  ModelVersion,
  NewModelVersion,
  PromotionRecord,
} from "./ports/model-catalog.ts";
export type {
  GetOptions,
  ListedObject,
  ListOptions,
  LocalObjectStore,
  ObjectStore,
  ObjectStoreCapabilities,
  PutFileOptions,
  PutOptions,
  StoredObject,
} from "./ports/object-store.ts";
export type {
  CountedColumn,
  CountedRatings,
  RatingCounts,
  RatingFigures,
  RatingWindow,
} from "./ports/rating-counts.ts";
export type {
  Claim,
  ClaimOptions,
  Failure,
  IncidentChange,
  Lease,
  LedgerEntry,
  RunKey,
  RunLedger,
} from "./ports/run-ledger.ts";
export type { NewRun, RunArtifact, RunStatus, RunTracker } from "./ports/run-tracker.ts";
export type { TrainingData, TrainingPorts } from "./ports/training-ports.ts";
export type { Warehouse, WarehouseChunk, WarehouseColumn, WarehouseParameters } from "./ports/warehouse.ts";
export type { OnProgress, Progress } from "./progress.ts";
export {
  type Checked,
  checkId,
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
export { andersonDarling } from "./statistics/anderson-darling.ts";
export { benjaminiHochberg } from "./statistics/benjamini-hochberg.ts";
export { sturgesBins } from "./statistics/bins.ts";
export {
  chiSquareGoodnessOfFit,
  chiSquareHomogeneity,
  cramersV,
  gTest,
  unbiasedCramersV,
} from "./statistics/chi-square.ts";
export { type CountTable, labelCounts, type OrderedCounts, orderedCounts } from "./statistics/count-table.ts";
export { energyDistance, wassersteinDistance } from "./statistics/distances.ts";
export {
  hellingerDistance,
  jensenShannonDistance,
  kullbackLeiblerDivergence,
  populationStabilityIndex,
  totalVariationDistance,
} from "./statistics/divergences.ts";
export { kolmogorovSmirnov, type TestResult } from "./statistics/kolmogorov-smirnov.ts";
export { type LabelSample, labelSample } from "./statistics/label-sample.ts";
export { pooledTest, twoProportions, welchTest } from "./statistics/mean-tests.ts";
export {
  type NumericSample,
  type NumericSummary,
  numericSample,
  quantile,
  summarise,
} from "./statistics/numeric-sample.ts";
export { dealAnew, type PermutationOptions, permutationTest } from "./statistics/permutation-test.ts";
export { cliffsDelta, mannWhitney } from "./statistics/rank-tests.ts";
export { User } from "./user.ts";
