import { TamisError } from "@tamis/core";
import { type Evaluation, evaluate } from "./evaluate/evaluate.ts";
import type { FitContext, Recommender } from "./recommender.ts";
import type { TrainingPlan } from "./training-plan.ts";

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
export async function measure(
  plan: Pick<TrainingPlan, "table" | "folds" | "seed" | "signal" | "onProgress">,
  recommender: Recommender,
  { lists }: { lists: boolean },
): Promise<Measured> {
  const { table, folds, seed } = plan;
  const found = await evaluate(table, recommender, { folds, seed, lists, ...contextOf(plan, recommender) });
  const value = found.accuracy ? found.accuracy.rmse.mean : found.lists!.metrics.ndcg;
  if (Number.isFinite(value)) return { recommender, ...found };
  throw new TamisError(
    "analysis",
    `${recommender.algorithm}: its error cannot be computed (${value}); use other options or more ratings.`,
  );
}

/** What a run and a version remember of it. */
export function figuresOf({ accuracy, lists }: Evaluation): Record<string, number> {
  return {
    ...(accuracy && { rmse: accuracy.rmse.mean, mae: accuracy.mae.mean }),
    ...(lists && {
      ndcg: lists.metrics.ndcg,
      recall: lists.metrics.recall,
      catalogue_coverage: lists.metrics.catalogueCoverage,
    }),
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
