export { type Activity, activeRows } from "./active-rows.ts";
export {
  type DefinedFitContext,
  type DefinedRecommender,
  defineRecommender,
  type LearntArrays,
  type RecommenderDefinition,
} from "./define-recommender.ts";
export {
  type BaselineOptions,
  type DriftBaseline,
  driftBaseline,
  parseDriftBaseline,
} from "./drift/baseline.ts";
export {
  type CalibratedOptions,
  calibratedDrift,
  type DriftCheck,
  type EffectSize,
} from "./drift/calibrated.ts";
export {
  type CheckDriftOptions,
  checkDrift,
  checkFigures,
  type DriftCheckResult,
  type FigureDrift,
} from "./drift/check-drift.ts";
export { type ColumnSketch, type DriftColumn, sketchColumn } from "./drift/column-sketch.ts";
export {
  type DriftOptions,
  type DriftReport,
  type DriftVerdict,
  detectDrift,
  detectDriftAsEvidently,
  type EvidentlyReport,
  type JudgedCheck,
} from "./drift/detect-drift.ts";
export {
  type DriftCheckDocument,
  DriftDocument,
  type DriftProfile,
  driftProfiles,
  isNotable,
} from "./drift/drift-document.ts";
export { driftPipeline } from "./drift/drift-pipeline.ts";
export { type EvidentlyVerdict, evidentlyDrift } from "./drift/evidently.ts";
export { evidentlyDocument } from "./drift/evidently-document.ts";
export { idDrift } from "./drift/id-drift.ts";
export { type DriftFindings, type DriftMaterial, judgeDrift } from "./drift/judge-drift.ts";
export { judgeInThread } from "./drift/judge-in-thread.ts";
export { driftReport, driftSentence } from "./drift/report/drift-report.ts";
export { driftReportStyle } from "./drift/report/style.ts";
export { type FigureChange, simpleDrift } from "./drift/simple.ts";
export {
  comparedRatings,
  type DriftPorts,
  defaultBaseline,
  type TakeBaselineOptions,
  takeBaseline,
} from "./drift/take-baseline.ts";
export { mae, mse, rmse } from "./evaluate/accuracy.ts";
export { type BeyondAccuracy, entropy, gini } from "./evaluate/beyond-accuracy.ts";
export { type BootstrapOptions, bootstrapMean, type Interval } from "./evaluate/bootstrap.ts";
export {
  type ComparisonOptions,
  comparePaired,
  compareRankings,
  type PairedComparison,
} from "./evaluate/compare.ts";
export { compareErrors } from "./evaluate/compare-errors.ts";
export { compareRmse } from "./evaluate/compare-rmse.ts";
export {
  type CrossValidation,
  type CrossValidationOptions,
  crossValidate,
  type FoldResult,
  type Spread,
} from "./evaluate/cross-validate.ts";
export type { ErrorIntervals, UserErrors } from "./evaluate/error-by-user.ts";
export { type Evaluation, type EvaluationOptions, evaluate } from "./evaluate/evaluate.ts";
export { fcp } from "./evaluate/fcp.ts";
export { type FutureLeak, futureLeak } from "./evaluate/future-leak.ts";
export { type SplitName, splitNames } from "./evaluate/named-split.ts";
export {
  type ListMetricName,
  type RankedFold,
  type RankingMetricName,
  type RankValidation,
  type RankValidationOptions,
  rankValidate,
} from "./evaluate/rank-validate.ts";
export {
  averagePrecision,
  hitRate,
  type JudgedList,
  judgeList,
  type ListMetric,
  ndcg,
  precision,
  recall,
  reciprocalRank,
  truncatedAveragePrecision,
  truncatedRecall,
} from "./evaluate/ranking.ts";
export { repeatedKFold, shuffleSplit } from "./evaluate/shuffle-split.ts";
export { type Fold, foldsFromPermutation, kFold } from "./evaluate/split.ts";
export { lastOfUser, leaveOneOut, strongGeneralisation } from "./evaluate/split-by-user.ts";
export { timeCut } from "./evaluate/time-cut.ts";
export type { RoleResult } from "./fill-role.ts";
export { type ForgetRequest, type ForgottenUser, forgetUser } from "./forget-user.ts";
export {
  type ModelFileMetadata,
  readColdStartFile,
  readModelFile,
  readStoredModel,
  type Storable,
  type StoredModel,
  writeModelFile,
} from "./model-file/model-file.ts";
export { type Preset, presets, tunedOptions } from "./presets.ts";
export { promoteVersion, type RoleChange, rollBack } from "./promote-version.ts";
export {
  decide,
  type ListFigures,
  type PromotionCandidate,
  type PromotionChampion,
  type PromotionDecision,
  type PromotionGuards,
  type PromotionRule,
} from "./promotion.ts";
export type { UserHistory, UserRecommendations } from "./recommend/answer-user.ts";
export type { Cap } from "./recommend/cap.ts";
export { type ItemFilter, itemFilter } from "./recommend/item-filter.ts";
export type { RankedBy } from "./recommend/ranked-by.ts";
export {
  type ChosenItem,
  type Recommendation,
  type Recommendations,
  type RecommendRequest,
  recommend,
} from "./recommend/recommend.ts";
export { type RecommendAllRequest, recommendAll } from "./recommend/recommend-all.ts";
export type { Boost, RecommendRules } from "./recommend/rules.ts";
export { similarItems } from "./recommend/similar-items.ts";
export { type SimilarUser, similarUsers } from "./recommend/similar-users.ts";
export type { TopItem } from "./recommend/top-items.ts";
export { userHistories } from "./recommend/user-histories.ts";
export { whomToScore } from "./recommend/user-scores.ts";
export type {
  Contribution,
  Explanation,
  FitContext,
  FitWatch,
  History,
  Model,
  ModelKind,
  ModelOptions,
  ModelTensors,
  Prediction,
  PredictionReason,
  Recommender,
  ScoreFactors,
  TasteFactors,
  Tensor,
} from "./recommender.ts";
export { baselineOnly } from "./recommenders/baseline-only.ts";
export type { BaselineInput } from "./recommenders/baselines.ts";
export { type BprInput, bpr } from "./recommenders/bpr.ts";
export { type CoClusteringInput, coClustering } from "./recommenders/co-clustering.ts";
export {
  type ColdStart,
  type ColdStartInput,
  type ColdStartPick,
  type ColdStartRequest,
  coldStart,
  restoreColdStart,
} from "./recommenders/cold-start.ts";
export { type EaseInput, ease } from "./recommenders/ease.ts";
export { type IalsInput, ials } from "./recommenders/ials.ts";
export { type IalsHkvInput, ialsHkv } from "./recommenders/ials-hkv.ts";
export { itemKnn } from "./recommenders/item-knn.ts";
export type { ItemKnnInput } from "./recommenders/item-knn-options.ts";
export { knnBaseline } from "./recommenders/knn-baseline.ts";
export { knnBasic } from "./recommenders/knn-basic.ts";
export type { KnnInput } from "./recommenders/knn-options.ts";
export { knnWithMeans } from "./recommenders/knn-with-means.ts";
export { knnWithZScore } from "./recommenders/knn-with-z-score.ts";
export { type NmfInput, nmf } from "./recommenders/nmf.ts";
export { normalPredictor } from "./recommenders/normal-predictor.ts";
export {
  type PopularityInput,
  type PopularityModel,
  type PopularityRecommender,
  type PopularitySides,
  popularity,
} from "./recommenders/popularity.ts";
export { type SlopeOneInput, slopeOne } from "./recommenders/slope-one.ts";
export { type SvdInput, svd } from "./recommenders/svd.ts";
export { svdPlusPlus } from "./recommenders/svd-plus-plus.ts";
export { svdPlusPlusAccumulated } from "./recommenders/svd-plus-plus-accumulated.ts";
export type { SvdPlusPlusInput } from "./recommenders/svd-plus-plus-fit.ts";
export { createRecommender, type RecommenderName, recommenderNames, restoreModel } from "./recommenders.ts";
export {
  type LoadedRatings,
  RefreshConfig,
  type RefreshPorts,
  refreshPipeline,
} from "./refresh.ts";
export {
  findListMaker,
  type LoadedVersion,
  loadChampion,
  loadVersion,
  type NewVersion,
  type Registry,
  saveVersion,
} from "./registry.ts";
export { type ModelHeader, predictRows } from "./scorer.ts";
export { type BestFit, fitUntilBest, type UntilBestOptions } from "./search/fit-until-best.ts";
export type { TuningMetric } from "./search/measure-fold.ts";
export {
  type MeasureContext,
  type Measurement,
  type SearchRequest,
  type SearchResult,
  type SearchState,
  search,
  type Trial,
} from "./search/search.ts";
export type { Point, SearchSpaceInput } from "./search/search-space.ts";
export { searchSpaces } from "./search/search-spaces.ts";
export { type StrategyName, strategyNames } from "./search/strategies.ts";
export { type HeldOut, type TuneRequest, type Tuning, tune } from "./search/tune.ts";
export { badRowReasons, moviesCsv, type RatingsCsvOptions, ratingsCsv } from "./synthesize/movielens-csv.ts";
export {
  type PersonRatings,
  type SynthesizeOptions,
  type SyntheticFilms,
  synthesizeFilms,
} from "./synthesize/synthesize-films.ts";
export { type TrainingResult, train } from "./train.ts";
export { type SnapshotTraining, trainSnapshot } from "./train-snapshot.ts";
export { TrainingConfig, TrainingRunConfig, trainingOptions } from "./training-config.ts";
export { type TrainingDocument, trainingDocument } from "./training-document.ts";
export { trainingPipeline } from "./training-pipeline.ts";
export type { TrainingOptions, TrainRequest } from "./training-plan.ts";
export type { TrainingSamples } from "./training-tables.ts";
export { createTrainset, type Trainset, type TrainsetRating } from "./trainset.ts";
