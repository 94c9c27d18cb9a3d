import { TamisError } from "@tamis/core";
import { type Evaluation, evaluate } from "./evaluate/evaluate.ts";
import { type RankValidation, rankValidate } from "./evaluate/rank-validate.ts";
import { foldsOfSomeUsers } from "./evaluate/some-users.ts";
import { type Fold, kFold } from "./evaluate/split.ts";
import type { FitContext, Recommender } from "./recommender.ts";
import type { TrainingPlan } from "./training-plan.ts";

type MeasurePlan = Pick<
  TrainingPlan,
  "table" | "folds" | "seed" | "samples" | "lists" | "signal" | "onProgress"
>;

/** A candidate and how good it is on the folds of a training. */
export interface Measured extends Evaluation {
  readonly recommender: Recommender;
}

/**
 * Measures on the folds of the plan, the same for everybody: ratings, where they are estimated, and lists, where they are
 * asked for or all there is.
 *
 * @throws analysis when the error cannot be computed
 */
export async function measure(plan: MeasurePlan, recommender: Recommender): Promise<Measured> {
  const { table, folds, seed, lists } = plan;
  const found = await evaluate(table, recommender, {
    folds,
    seed,
    lists,
    ...(rowsToLearn(plan, recommender) !== undefined && { splits: () => foldsOf(plan, recommender) }),
    ...contextOf(plan, recommender),
  });
  const value = found.accuracy ? found.accuracy.rmse.mean : found.lists!.metrics.ndcg;
  if (Number.isFinite(value)) return { recommender, ...found };
  throw new TamisError(
    "analysis",
    `${recommender.algorithm}: its error cannot be computed (${value}); use other options or more ratings.`,
  );
}

/** How many users' lists guard a model of ratings: enough for shares, few enough for any catalogue. */
const guardUsers = 500;

/** Judges the lists of a model of ratings, by some users. */
export function measureLists(plan: MeasurePlan, recommender: Recommender): Promise<RankValidation> {
  const { table, seed } = plan;
  const splits = foldsOfSomeUsers(table, foldsOf(plan, recommender), guardUsers, seed);
  return rankValidate(table, recommender, { seed, splits, ...contextOf(plan, recommender) });
}

/** A KNN model may learn from a part of the training rows; these are in random order, so the first ones are a sample. */
function* foldsOf(plan: MeasurePlan, recommender: Recommender): Generator<Fold> {
  const rows = rowsToLearn(plan, recommender);
  for (const { train, test } of kFold(plan.table.length, plan))
    yield { train: train.subarray(0, rows), test };
}

function rowsToLearn({ samples }: MeasurePlan, { algorithm }: Recommender): number | undefined {
  return algorithm.startsWith("knn-") ? samples.knn : undefined;
}

/** What a run and a version remember of it. */
export function figuresOf({ accuracy, lists }: Evaluation): Record<string, number> {
  return {
    ...(accuracy && { rmse: accuracy.rmse.mean, rmse_sd: accuracy.rmse.sd, mae: accuracy.mae.mean }),
    ...(lists && {
      ndcg: lists.metrics.ndcg,
      recall: lists.metrics.recall,
      catalogue_coverage: lists.metrics.catalogueCoverage,
    }),
  };
}

/** Seconds of all folds together. */
export function timingsOf({ accuracy, lists }: Evaluation): Record<string, number> {
  const total = (values: readonly number[] = []) => values.reduce((sum, value) => sum + value, 0);
  const fits = (accuracy ?? lists)!.folds.map(({ fitSeconds }) => fitSeconds);
  return {
    fit_seconds: total(fits),
    ...(accuracy && { test_seconds: total(accuracy.folds.map(({ testSeconds }) => testSeconds)) }),
    ...(lists && { rank_seconds: total(lists.folds.map(({ rankSeconds }) => rankSeconds)) }),
  };
}

/** What a fit is given; its progress says which algorithm it is. */
export function contextOf(
  { signal, onProgress }: Pick<TrainingPlan, "signal" | "onProgress">,
  { algorithm }: Recommender,
): Pick<FitContext, "signal" | "onProgress"> {
  return {
    ...(signal && { signal }),
    ...(onProgress && {
      onProgress: (progress) => onProgress({ ...progress, phase: `${algorithm}, ${progress.phase}` }),
    }),
  };
}
