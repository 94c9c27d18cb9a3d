import type { RatingTable } from "@tamis/core";
import { shortened } from "../epoch-watch.ts";
import type { Fold } from "../evaluate/split.ts";
import type { FitContext, ModelOptions, Recommender } from "../recommender.ts";
import { createRecommender } from "../recommenders.ts";
import { fitUntilBest } from "./fit-until-best.ts";
import { measureFold, type TuningMetric } from "./measure-fold.ts";
import type { Measurement } from "./search.ts";
import type { Point } from "./search-space.ts";

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
  /** Training stops early, see `fitUntilBest`; otherwise it goes through all epochs. */
  readonly until?: { readonly every: number | undefined; readonly patience: number };
  /** See {@link FitContext.workers}. */
  readonly workers?: number;
}

/** @throws invalid_input for options that do not go together; analysis when it cannot be measured; aborted */
export async function measureTrial(
  { table, folds }: TrialData,
  { model, options, metric, seed, until, workers }: TrialJob,
  context: Pick<FitContext, "signal" | "onProgress">,
): Promise<Measurement> {
  const recommender = createRecommender(model, options);
  const fitContext = { ...context, seed, ...(workers !== undefined && { workers }) };
  let sum = 0;
  let epochs = 0;
  for (const fold of folds) {
    if (until) {
      const best = await fitUntilBest(recommender, table, fold, { ...fitContext, ...until, metric });
      sum += best.score;
      epochs += best.epochs;
    } else sum += (await measureFold(table, recommender, fold, [metric], fitContext))[metric];
  }
  const score = sum / folds.length;
  return until ? { score, settled: settledAt(recommender, Math.round(epochs / folds.length)) } : { score };
}

/** The options that a recommender must have to stop after so many epochs by itself. */
function settledAt({ options }: Recommender, epochs: number): Point {
  const { rateDecay } = shortened(options as { epochs: number; rateDecay?: number }, epochs);
  return { epochs, ...(rateDecay && { rateDecay }) };
}
