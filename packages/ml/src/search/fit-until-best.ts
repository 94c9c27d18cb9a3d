import { isTamisError, type RatingTable, TamisError } from "@tamis/core";
import { z } from "zod";
import type { Fold } from "../evaluate/split.ts";
import { parseOptions } from "../parse-options.ts";
import type { FitContext, Model, Recommender } from "../recommender.ts";
import { createTrainset } from "../trainset.ts";
import { measureModel, metricsOf, type TuningMetric } from "./measure-fold.ts";

const EarlyStopping = z.object({
  /** Epochs from one look to the next. */
  every: z.int().min(1).default(1),
  /** Looks in a row without a better score after which training stops. */
  patience: z.int().min(1).default(5),
});

export interface UntilBestOptions extends Omit<FitContext, "watch">, z.input<typeof EarlyStopping> {
  /** What the best model is best at. @default "rmse"; of a ranking model "ndcg" */
  readonly metric?: TuningMetric;
}

export interface BestFit {
  /** As it was after its best epoch; `epochs` among its options is that number. */
  readonly model: Model;
  readonly epochs: number;
  /** Of the best model, on the test rows. It was chosen for it, so it flatters: measure it on other ratings. */
  readonly score: number;
  readonly looks: readonly { readonly epochs: number; readonly score: number }[];
}

/**
 * Trains on one part of a fold and looks every so often how good the model is on the other; stops when it has not been
 * better for a while, and gives back the best one, not the last. `epochs` of the recommender is the most that it takes.
 *
 * Looking costs a pass of predictions (of lists, for NDCG; iALS solves every user's row for it, which takes longer than many
 * an epoch: look every few) and changes nothing: with constant rates the model is, bit for bit, that of a fit
 * with its options. With `rateDecay` its options have the part of the decay that it went through, and the fit with them
 * takes the same steps but for rounding. A descent that diverges after its best epoch ends there.
 *
 * @default every epoch, patience 5
 * @throws invalid_input for an algorithm without epochs or a metric it does not have; unsupported for one that cannot be
 * watched, as one's own of `defineRecommender`; analysis when not even the first
 * look could be scored; aborted
 * @source Prechelt, "Early Stopping - But When?", 1998: the criterion UP, by the best so far
 *
 * @example
 * const [fold] = kFold(table.length, { folds: 10 });
 * const { model, epochs } = await fitUntilBest(svd({ epochs: 200 }), table, fold!, { patience: 3 });
 */
export async function fitUntilBest(
  recommender: Recommender,
  table: RatingTable,
  fold: Fold,
  { metric: asked, every: e, patience: p, ...context }: UntilBestOptions = {},
): Promise<BestFit> {
  const { every, patience } = parseOptions("early stopping", EarlyStopping, { every: e, patience: p });
  const metrics = metricsOf(recommender);
  const metric = asked ?? metrics[0];
  if (typeof recommender.options.epochs !== "number") throw noEpochs(recommender);
  if (!metrics.includes(metric)) throw notMeasured(recommender.algorithm, metric, metrics);
  const sign = metric === "ndcg" ? -1 : 1;
  const looks: { epochs: number; score: number }[] = [];
  let best: Omit<BestFit, "looks"> | undefined;
  let inVain = 0;
  const watch = {
    every,
    async look(model: Model, epochs: number): Promise<boolean> {
      const score = (await measureModel(model, table, fold, [metric], context))[metric];
      looks.push({ epochs, score });
      if (Number.isFinite(score) && (!best || sign * score < sign * best.score)) {
        best = { model, epochs, score };
        inVain = 0;
      } else inVain++;
      return inVain === patience;
    },
  };
  try {
    await recommender.fit(createTrainset(table, fold.train), { ...context, watch });
  } catch (error) {
    const diverged = isTamisError(error) && error.code === "analysis";
    if (!diverged || !best) throw error;
  }
  if (best) return { ...best, looks };
  if (looks.length === 0) throw notWatched(recommender);
  throw new TamisError(
    "analysis",
    `${recommender.algorithm}: none of ${looks.length} looks had a ${metric}.`,
  );
}

function noEpochs({ algorithm }: Recommender): TamisError {
  return new TamisError("invalid_input", `${algorithm} has no epochs, so its training cannot stop early.`);
}

function notWatched({ algorithm }: Recommender): TamisError {
  return new TamisError(
    "unsupported",
    `${algorithm} does not let anybody watch it learn: its fit knows no watch.`,
  );
}

/** @param metrics - those that it has */
export function notMeasured(algorithm: string, metric: string, metrics: readonly string[]): TamisError {
  return new TamisError(
    "invalid_input",
    `${algorithm} cannot be tuned by ${metric}, only by ${metrics.join(", ")}.`,
  );
}
