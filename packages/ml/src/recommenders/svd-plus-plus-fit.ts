import { createRandom, type Random } from "@tamis/core";
import { z } from "zod";
import { type EpochWatch, fitWatched } from "../epoch-watch.ts";
import { feedbackOf } from "../feedback.ts";
import {
  descendSvdPlusPlus,
  type SvdPlusPlusParameters,
  type SvdPlusPlusRates,
} from "../kernels/svd-plus-plus.ts";
import { parseOptions } from "../parse-options.ts";
import type { FitContext, Model, ModelTensors, Recommender } from "../recommender.ts";
import type { ModelHeader } from "../scorer.ts";
import type { DenseTrainset } from "../trainset-dense.ts";
import { factorTensors, restoreFactorModel } from "./factor-model.ts";
import { recommenderOf } from "./recommender-of.ts";
import { refuseDivergence } from "./refuse-divergence.ts";
import { ownLearningRates, ownPenalties, penalty, rate, svdRates } from "./svd-parameters.ts";

const SvdPlusPlusOptions = z.strictObject({
  /** k, the length of p_u, q_i and y_j. */
  factors: z.int().min(1).max(10_000).default(20),
  /** Passes over all ratings. */
  epochs: z.int().min(1).default(20),
  /** The factors start as draws from N(initMean, initStd²). */
  initMean: z.number().default(0),
  initStd: z.number().min(0).default(0.1),
  /** γ. */
  learningRate: rate.default(0.007),
  /** λ. */
  regularization: penalty.default(0.02),
  ...ownLearningRates,
  learningRateYj: rate.optional(),
  ...ownPenalties,
  regularizationYj: penalty.optional(),
});
type SvdPlusPlusOptions = z.output<typeof SvdPlusPlusOptions>;

/** Options of {@link svdPlusPlus} and {@link svdPlusPlusAccumulated}; every one has a default. */
export type SvdPlusPlusInput = z.input<typeof SvdPlusPlusOptions>;

/**
 * The recommender of a descent. All biases start at 0; the factors are drawn from `createRandom(seed)`: the users',
 * the items', then y, each row by row.
 *
 * @throws invalid_input for an unknown or impossible option; `fit` throws analysis when the descent diverges
 */
export function svdPlusPlusRecommender(
  algorithm: string,
  accumulated: boolean,
  options: SvdPlusPlusInput | undefined,
): Recommender {
  const parsed = parseOptions(algorithm, SvdPlusPlusOptions, options);
  return recommenderOf({ algorithm, options: parsed }, (header, dense, context) =>
    fitSvdPlusPlus(header, accumulated, parsed, dense, createRandom(header.seed), context),
  );
}

export async function fitSvdPlusPlus(
  header: ModelHeader,
  accumulated: boolean,
  options: SvdPlusPlusOptions,
  dense: DenseTrainset,
  random: Pick<Random, "normal">,
  context: FitContext,
): Promise<Model> {
  const modelOf = (found: Learnt, options: SvdPlusPlusOptions) =>
    restoreSvdPlusPlusModel({ ...header, options }, factorTensors(dense, options.factors, found));
  const learn = (watch: EpochWatch<Learnt> | undefined) =>
    descend(header.algorithm, accumulated, dense, options, random, { ...context, watch });
  return fitWatched(options, context.watch, learn, modelOf);
}

type Learnt = SvdPlusPlusParameters & { readonly zu: Float64Array };

/** Tensors: see {@link restoreFactorModel}. */
export function restoreSvdPlusPlusModel(header: ModelHeader, tensors: ModelTensors): Model {
  const options = parseOptions(header.algorithm, SvdPlusPlusOptions, header.options);
  const factorModel = { ...options, ...ratesOf(options), biased: true, implicit: true };
  return restoreFactorModel(header, tensors, factorModel);
}

/** Up to so many updates of single factors, starting a worker takes longer than doing without. */
const smallWork = 50_000_000;

async function descend(
  algorithm: string,
  accumulated: boolean,
  dense: DenseTrainset,
  options: SvdPlusPlusOptions,
  random: Pick<Random, "normal">,
  {
    workers,
    signal,
    onProgress,
    watch,
  }: Omit<FitContext, "watch"> & { watch: EpochWatch<Learnt> | undefined },
): Promise<Learnt> {
  const { users, items, byUser, globalMean } = dense;
  const { factors, epochs } = options;
  const rated = feedbackOf(dense, { values: "binary" });
  const checked = (found: SvdPlusPlusParameters): Learnt => {
    refuseDivergence(algorithm, { ...found });
    return { ...found, zu: impliedOfUsers(rated, found.yj, factors) };
  };
  const isSmall = byUser.values.length * factors * epochs < smallWork;
  const found = await descendSvdPlusPlus(
    initialParameters(users.length, items.length, options, random),
    { byUser, rated, mean: globalMean },
    { factors, epochs, rates: ratesOf(options), accumulated },
    {
      signal,
      watch: watch && { ...watch, look: (found, epochs) => watch.look(checked(found), epochs) },
      onProgress: onProgress && ((progress) => onProgress({ ...progress, phase: `fit ${algorithm}` })),
      workers: isSmall ? 0 : Math.min(workers ?? 1, 1),
    },
  );
  return checked(found);
}

function initialParameters(
  users: number,
  items: number,
  { factors, initMean, initStd }: SvdPlusPlusOptions,
  random: Pick<Random, "normal">,
): SvdPlusPlusParameters {
  const draw = (length: number) => {
    const drawn = new Float64Array(length);
    for (let f = 0; f < length; f++) drawn[f] = random.normal(initMean, initStd);
    return drawn;
  };
  const pu = draw(users * factors);
  const qi = draw(items * factors);
  const yj = draw(items * factors);
  return { bu: new Float64Array(users), bi: new Float64Array(items), pu, qi, yj };
}

function ratesOf(options: SvdPlusPlusOptions): SvdPlusPlusRates {
  return {
    ...svdRates(options),
    learningRateYj: options.learningRateYj ?? options.learningRate,
    regularizationYj: options.regularizationYj ?? options.regularization,
  };
}

/** z_u of every user: users × k. The histories themselves need not be kept. */
function impliedOfUsers(
  { starts, columns }: { starts: Int32Array; columns: Int32Array },
  yj: Float64Array,
  factors: number,
): Float64Array {
  const zu = new Float64Array((starts.length - 1) * factors);
  for (let user = 0; user + 1 < starts.length; user++) {
    const root = 1 / Math.sqrt(starts[user + 1]! - starts[user]!);
    for (let n = starts[user]!; n < starts[user + 1]!; n++) {
      const y = columns[n]! * factors;
      for (let f = 0; f < factors; f++) zu[user * factors + f]! += root * yj[y + f]!;
    }
  }
  return zu;
}
