import { z } from "zod";
import { type EpochWatch, fitWatched } from "../epoch-watch.ts";
import { fitSgd, type SgdModel } from "../kernels/sgd.ts";
import { parseOptions } from "../parse-options.ts";
import type { FitContext, Model, ModelTensors, Recommender } from "../recommender.ts";
import type { ModelHeader } from "../scorer.ts";
import { rowOfEntries } from "../sparse-rows.ts";
import type { DenseTrainset } from "../trainset-dense.ts";
import { factorTensors, restoreFactorModel } from "./factor-model.ts";
import { recommenderOf } from "./recommender-of.ts";
import { refuseDivergence } from "./refuse-divergence.ts";
import {
  ownLearningRates,
  ownPenalties,
  penalty,
  rate,
  type SvdParameters,
  svdRates,
} from "./svd-parameters.ts";

const algorithm = "svd";

const SvdOptions = z.strictObject({
  /** k, the length of p_u and q_i. */
  factors: z.int().min(1).max(10_000).default(100),
  /** Passes over all ratings. */
  epochs: z.int().min(1).default(20),
  /** Whether μ, b_u and b_i take part; without them this is probabilistic matrix factorisation. */
  biased: z.boolean().default(true),
  /** The factors start as draws from N(initMean, initStd²). */
  initMean: z.number().default(0),
  initStd: z.number().min(0).default(0.1),
  /** γ. */
  learningRate: rate.default(0.005),
  /** δ: by which share of itself γ has fallen in the last epoch, in a straight line. */
  rateDecay: z.number().min(0).max(1).default(0),
  /** λ. */
  regularization: penalty.default(0.02),
  ...ownLearningRates,
  ...ownPenalties,
});
type SvdOptions = z.output<typeof SvdOptions>;

/** Options of {@link svd}; every one has a default. */
export type SvdInput = z.input<typeof SvdOptions>;

/**
 * Matrix factorisation by stochastic gradient descent, as of the Netflix prize.
 *
 *     r̂_ui = μ + b_u + b_i + q_i · p_u
 *
 * minimises Σ (r_ui − r̂_ui)² + λ (b_u² + b_i² + |q_i|² + |p_u|²). The descent is `kernels/sgd.ts`: float32, on every
 * processor, block by block of users × items and user by user in a block. All biases start at 0, the factors as
 * draws by the seed; the result is the same bit for bit whatever the number of processors.
 *
 * Steps that begin large and end small need fewer epochs: with `rateDecay` δ, epoch t of T has γ (1 − δ t / (T − 1)),
 * t = 0 … T − 1. Without, γ is constant as in Surprise.
 *
 * An unknown user or item has no bias and no factors: its terms are 0. With `biased: false`, r̂_ui = q_i · p_u,
 * and μ stands for a pair with an unknown side.
 *
 * @default { factors: 100, epochs: 20, biased: true, initMean: 0, initStd: 0.1, learningRate: 0.005,
 * rateDecay: 0, regularization: 0.02 }; `learningRateBu`, `Bi`, `Pu`, `Qi` and `regularizationBu`, `Bi`, `Pu`, `Qi` take the place
 * of `learningRate` and `regularization` for one kind of parameter
 * @throws invalid_input for an unknown or impossible option; `fit` throws analysis when the descent diverges
 * @source Koren, Bell, Volinsky, "Matrix Factorization Techniques for Recommender Systems", IEEE Computer 42(8),
 * 2009, equations (4) and (5); without biases: Salakhutdinov, Mnih, "Probabilistic Matrix Factorization", NIPS
 * 2007; defaults of Surprise 1.1.4
 */
export function svd(options?: SvdInput): Recommender {
  const parsed = parseOptions(algorithm, SvdOptions, options);
  return recommenderOf({ algorithm, options: parsed }, (header, dense, context) => {
    const modelOf = (found: SvdParameters, options: SvdOptions) =>
      restoreSvd({ ...header, options }, factorTensors(dense, parsed.factors, found));
    const learn = (watch: EpochWatch<SvdParameters> | undefined) =>
      descend(dense, parsed, { ...context, seed: header.seed, watch });
    return fitWatched(parsed, context.watch, learn, modelOf);
  });
}

/** Tensors: see {@link restoreFactorModel}. */
export function restoreSvd(header: ModelHeader, tensors: ModelTensors): Model {
  const options = parseOptions(algorithm, SvdOptions, header.options);
  return restoreFactorModel(header, tensors, { ...options, ...svdRates(options), implicit: false });
}

/** Up to so many updates of single factors, starting workers takes longer than doing without. */
const smallWork = 300_000_000;

type DescentContext = Omit<FitContext, "seed" | "watch"> & {
  readonly seed: number;
  readonly watch: EpochWatch<SvdParameters> | undefined;
};

async function descend(
  { users, items, byUser, globalMean }: DenseTrainset,
  options: SvdOptions,
  { seed, workers, signal, onProgress, watch }: DescentContext,
): Promise<SvdParameters> {
  const { factors, epochs, biased } = options;
  const rates = svdRates(options);
  const triples = {
    users: rowOfEntries(byUser),
    items: byUser.columns,
    ratings: byUser.values,
    userCount: users.length,
    itemCount: items.length,
  };
  const found = await fitSgd(
    triples,
    {
      factors,
      epochs,
      biased,
      mean: globalMean,
      initMean: options.initMean,
      initDeviation: options.initStd,
      learningRates: {
        bu: rates.learningRateBu,
        bi: rates.learningRateBi,
        pu: rates.learningRatePu,
        qi: rates.learningRateQi,
      },
      rateDecay: options.rateDecay,
      regularisations: {
        bu: rates.regularizationBu,
        bi: rates.regularizationBi,
        pu: rates.regularizationPu,
        qi: rates.regularizationQi,
      },
      seed,
    },
    {
      signal,
      watch: watch && { ...watch, look: (found, epochs) => watch.look(inDoubles(found), epochs) },
      onProgress: onProgress && ((progress) => onProgress({ ...progress, phase: "fit svd" })),
      workers: workers ?? (byUser.values.length * factors * epochs > smallWork ? undefined : 0),
    },
  );
  return inDoubles(found);
}

function inDoubles({ bu, bi, pu, qi }: SgdModel): SvdParameters {
  const parameters = {
    bu: Float64Array.from(bu),
    bi: Float64Array.from(bi),
    pu: Float64Array.from(pu),
    qi: Float64Array.from(qi),
  };
  refuseDivergence(algorithm, parameters);
  return parameters;
}
