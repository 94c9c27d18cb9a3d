import { availableParallelism } from "node:os";
import { isTamisError, type RatingTable, TamisError } from "@tamis/core";
import { type Fold, foldsFromPermutation, kFold } from "../evaluate/split.ts";
import type { FitContext, ModelOptions, Recommender } from "../recommender.ts";
import { createRecommender } from "../recommenders.ts";
import { notMeasured } from "./fit-until-best.ts";
import { measureFold, metricsOf, type TuningMetric } from "./measure-fold.ts";
import { measureTrial } from "./measure-trial.ts";
import { type SearchRequest, type SearchResult, search } from "./search.ts";
import {
  type Point,
  parseSearchSpace,
  type SearchSpace,
  type SearchSpaceInput,
  withPoint,
} from "./search-space.ts";
import { searchSpaceOf } from "./search-spaces.ts";
import { trialThreads } from "./trial-threads.ts";

/** One rating in so many is held out of the search, and of the rest one in so many measures the trials. */
const parts = 5;

export interface TuneRequest
  extends Pick<
    SearchRequest,
    "strategy" | "trials" | "seconds" | "seed" | "pending" | "state" | "onTrial" | "signal" | "onProgress"
  > {
  readonly table: RatingTable;
  /** Name of the algorithm. */
  readonly model: string;
  /** Options that are not searched over; the others have their defaults. */
  readonly options?: ModelOptions;
  /** @default the algorithm's own of {@link searchSpaceOf} */
  readonly space?: SearchSpaceInput;
  /** What the best options are best at. @default "rmse"; of a ranking model "ndcg" */
  readonly metric?: TuningMetric;
  /** Folds that a trial is the mean of; 1: a single split, one fifth to measure on. @default 1 */
  readonly folds?: number;
  /**
   * How many trials run at the same time, each in a thread of its own; 1: one after the other, in this thread. What is
   * found does not depend on it. Memory beside the ratings, which the threads share, grows with it.
   * @default the number of processors, at most 4, for algorithms that fit on one thread; 1 for those that use all
   */
  readonly parallel?: number;
  /**
   * Ends the training of a trial when its score on the trial's test rows has not been better so many looks in a row, as
   * `fitUntilBest` does; the trial counts as it was at its best, and the best trial's `epochs` are those it was best
   * at (the mean of its folds). `epochs` of the space is then not searched: its end is the most that is gone through.
   * @default all epochs are gone through
   */
  readonly patience?: number;
  /** Epochs from one look to the next. @default 1 */
  readonly every?: number;
  /** Names the data (the digest of a snapshot), so that a state goes on only with the same. */
  readonly data?: string;
}

export interface Tuning extends SearchResult {
  readonly model: string;
  readonly metric: TuningMetric;
  /** All options of the best trial, defaults included. */
  readonly options: ModelOptions;
  /** What these options reach on ratings that the search did not see: the figure to report. */
  readonly heldOut: HeldOut;
  /** What the options that the search began with reach on the same ratings: what the search was good for. */
  readonly untuned: HeldOut & { readonly options: ModelOptions };
}

export interface HeldOut {
  /** All that can be measured of the model: accuracy and the quality of lists, because they disagree. */
  readonly metrics: Readonly<Partial<Record<TuningMetric, number>>>;
  /** How many ratings it was measured on. */
  readonly ratings: number;
}

/**
 * Looks for good options of an algorithm: {@link search} with its error, or the quality of its lists, as the score.
 *
 * One fifth of the ratings, drawn at random, takes no part in the search. The search splits the rest for its trials and
 * picks the best one; its options are then fitted on all of the rest and measured on the fifth that was held out. The
 * best trial's own score is not the truth: it is the luckiest of many, learnt from fewer ratings. The held-out figure is.
 *
 * Trials run side by side in worker threads where a fit by itself would leave processors idle (see `parallel`). The result
 * is the same on every machine: it depends on data, options and seed. To search the options of an algorithm of one's
 * own, whose functions cannot go to another thread, use {@link search}.
 *
 * With `halving`, a trial of a share of the effort has that share of the `epochs` (rounded, at least 1), and the best
 * one may be such. With `patience`, training stops early, and the best options have the epochs that were best.
 *
 * @throws invalid_input for an unknown algorithm, option or strategy, a state of another search or too few ratings;
 * analysis when no trial could be measured; aborted
 *
 * @example
 * const { options, heldOut } = await tune({ table, model: "svd", seconds: 60 });
 * const model = await createRecommender("svd", options).fit(createTrainset(table));
 */
export async function tune(request: TuneRequest): Promise<Tuning> {
  const { table, model, folds = 1, seed = 42, data: name = "", patience, every } = request;
  const untuned = createRecommender(model, request.options);
  const metrics = metricsOf(untuned);
  const metric = request.metric ?? metrics[0];
  if (!metrics.includes(metric)) throw notMeasured(model, metric, metrics);
  const asked = parseSearchSpace(request.space ?? searchSpaceOf(model));
  const { space, options } =
    patience === undefined
      ? { space: asked, options: request.options ?? {} }
      : withoutEpochs(asked, request.options);
  checkEach(model, options, space);
  if (typeof untuned.options.epochs !== "number") {
    if (patience !== undefined) throw noEpochs(model, "no training can stop early");
    if (request.strategy === "halving") throw noEpochs(model, "halving cannot search its options");
  }
  const [outer] = kFold(table.length, { folds: parts, seed });
  const inner = [...foldsFromPermutation(outer!.train, folds === 1 ? parts : folds)].slice(0, folds);

  const recommenderOf = (point: Point, share: number): Recommender => {
    const all = createRecommender(model, withPoint(options, point));
    if (share === 1) return all;
    const epochs = Math.max(1, Math.round(Number(all.options.epochs) * share));
    return createRecommender(model, { ...all.options, epochs });
  };
  const data = { table, folds: inner };
  const parallel = request.parallel ?? defaultParallel(model);
  const threads = parallel > 1 ? trialThreads(data, parallel) : undefined;
  const found = await search({
    ...request,
    space,
    parallel,
    goal: metric === "ndcg" ? "maximise" : "minimise",
    subject: JSON.stringify({
      model,
      options: untuned.options,
      metric,
      folds,
      ratings: table.length,
      data: name,
      ...(patience !== undefined && { patience, every, epochs: options.epochs }),
    }),
    measure: async (point, { share, ...context }) => {
      try {
        const until = patience !== undefined && { until: { every, patience } };
        const job = { model, options: recommenderOf(point, share).options, metric, seed, ...until };
        return await (threads ? threads.measure(job, context) : measureTrial(data, job, context));
      } catch (error) {
        throw isTamisError(error) && error.code === "invalid_input" ? notTogether(error) : error;
      }
    },
  }).finally(() => threads?.close());

  const { point, share, settled = {} } = found.best;
  const best = createRecommender(model, { ...recommenderOf(point, share).options, ...settled });
  const heldOut = await measureHeldOut(request, best, outer!, "held-out ratings");
  const before = await measureHeldOut(request, untuned, outer!, "held-out ratings, untuned");
  return {
    ...found,
    model,
    metric,
    options: best.options,
    heldOut,
    untuned: { ...before, options: untuned.options },
  };
}

/** Algorithms that fit on one thread, or nearly: several trials at a time use the others. */
const onOneThread: ReadonlySet<string> = new Set([
  "svd-plus-plus",
  "svd-plus-plus-accumulated",
  "nmf",
  "slope-one",
  "co-clustering",
  "baseline-only",
  "normal-predictor",
  "item-knn",
  "popularity",
]);

const defaultParallel = (model: string): number =>
  onOneThread.has(model) ? Math.min(availableParallelism(), 4) : 1;

async function measureHeldOut(
  { table, seed = 42, signal, onProgress }: TuneRequest,
  recommender: Recommender,
  fold: Fold,
  phase: string,
): Promise<HeldOut> {
  const context: FitContext = {
    seed,
    ...(signal && { signal }),
    ...(onProgress && {
      onProgress: (progress) => onProgress({ ...progress, phase: `${phase}: ${progress.phase}` }),
    }),
  };
  const metrics = await measureFold(table, recommender, fold, metricsOf(recommender), context);
  return { metrics, ratings: fold.test.length };
}

/** Each option of the space must be one of the algorithm's: its first value is tried alone. */
function checkEach(model: string, options: ModelOptions, space: SearchSpace): void {
  for (const [name, dimension] of Object.entries(space)) {
    const value = "values" in dimension ? dimension.values[0]! : dimension.min;
    createRecommender(model, withPoint(options, { [name]: value }));
  }
}

/** Options that are right each by itself but not together are a failed trial, not a failed search. */
function notTogether(error: TamisError): TamisError {
  return new TamisError("analysis", error.message, { cause: error });
}

/** A space whose largest number of epochs, if it has any, is an option. */
function withoutEpochs(space: SearchSpace, options: ModelOptions = {}) {
  const { epochs, ...others } = space;
  if (!epochs) return { space, options };
  if (Object.keys(others).length === 0) throw onlyEpochs();
  const most = "values" in epochs ? Math.max(...epochs.values.map(Number)) : epochs.max;
  return { space: others, options: { ...options, epochs: most } };
}

function onlyEpochs(): TamisError {
  return new TamisError(
    "invalid_input",
    "With patience the epochs are found by watching, and nothing else is searched; use fitUntilBest, or add an option.",
  );
}

function noEpochs(model: string, so: string): TamisError {
  return new TamisError(
    "invalid_input",
    `${model} has no epochs to cut short, so ${so}; use tpe, random or grid, without patience.`,
  );
}
