import type { RatingTable } from "@tamis/core";
import type { Fold } from "../evaluate/split.ts";
import type { FitContext, ModelOptions } from "../recommender.ts";
import { createRecommender } from "../recommenders.ts";
import { measureFold, type TuningMetric } from "./measure-fold.ts";
import type { Measurement } from "./search.ts";

/** What all trials of a tuning are measured on. */
export interface TrialData {
  readonly table: RatingTable;
  /** A trial's score is their mean. */
  readonly folds: readonly Fold[];
}

/** A trial, as plain data. */
export interface TrialJob {
  readonly model: string;
  readonly options: ModelOptions;
  readonly metric: TuningMetric;
  readonly seed: number;
  /** See {@link FitContext.workers}. */
  readonly workers?: number;
}

/** @throws invalid_input for options that do not go together; analysis when it cannot be measured; aborted */
export async function measureTrial(
  { table, folds }: TrialData,
  { model, options, metric, seed, workers }: TrialJob,
  context: Pick<FitContext, "signal" | "onProgress">,
): Promise<Measurement> {
  const recommender = createRecommender(model, options);
  const fitContext = { ...context, seed, ...(workers !== undefined && { workers }) };
  let sum = 0;
  for (const fold of folds) {
    sum += (await measureFold(table, recommender, fold, [metric], fitContext))[metric];
  }
  return { score: sum / folds.length };
}
