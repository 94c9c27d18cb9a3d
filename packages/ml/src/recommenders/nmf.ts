import { createRandom, type Random, TamisError } from "@tamis/core";
import { z } from "zod";
import { type EpochWatch, endsAfter, fitWatched } from "../epoch-watch.ts";
import { createPace } from "../pace.ts";
import { parseOptions } from "../parse-options.ts";
import type { FitContext, Model, ModelTensors, Recommender } from "../recommender.ts";
import type { ModelHeader } from "../scorer.ts";
import type { DenseTrainset } from "../trainset-dense.ts";
import { factorTensors, restoreFactorModel } from "./factor-model.ts";
import { nmfItems, nmfUsers } from "./nmf-epoch.ts";
import { recommenderOf } from "./recommender-of.ts";
import type { SvdParameters } from "./svd-parameters.ts";

const algorithm = "nmf";

const NmfOptions = z
  .strictObject({
    /** k, the length of p_u and q_i. */
    factors: z.int().min(1).max(10_000).default(15),
    /** Passes over all ratings. */
    epochs: z.int().min(1).default(50),
    /** Whether μ, b_u and b_i take part. */
    biased: z.boolean().default(false),
    /** λ of the users' and the items' factors. */
    regularizationPu: z.number().min(0).default(0.06),
    regularizationQi: z.number().min(0).default(0.06),
    /** λ and γ of the biases. */
    regularizationBu: z.number().min(0).default(0.02),
    regularizationBi: z.number().min(0).default(0.02),
    learningRateBu: z.number().positive().default(0.005),
    learningRateBi: z.number().positive().default(0.005),
    /** The factors start as draws between these. */
    initLow: z.number().min(0).default(0),
    initHigh: z.number().positive().default(1),
  })
  .refine(({ initLow, initHigh }) => initLow < initHigh, {
    path: ["initLow"],
    error: "must be below initHigh",
  });
type NmfOptions = z.output<typeof NmfOptions>;

/** Options of {@link nmf}; every one has a default. */
export type NmfInput = z.input<typeof NmfOptions>;

/**
 * Matrix factorisation whose factors are not negative, so that they can be read as amounts of something:
 *
 *     r̂_ui = q_i · p_u                    or biased    r̂_ui = μ + b_u + b_i + q_i · p_u
 *
 * The factors are learnt by multiplicative updates, see `nmf-epoch.ts`: in each epoch first all sums, then the users,
 * then the items. They are drawn evenly between `initLow` and `initHigh` from `createRandom(seed)`, the users' first.
 *
 * Surprise's biased form diverges at its defaults on MovieLens 100k (RMSE .93 to 1.81 by fold), because its
 * denominators are sums of estimates, which biases can make negative. Here what a bias takes away is counted where
 * its sign belongs: numerator and denominator are never negative, and neither is a factor. For the unbiased form on
 * ratings of 0 or more both are the same.
 *
 * An unknown user or item has no bias and no factors; unbiased, μ stands for a pair with an unknown side. An unbiased
 * model cannot estimate below 0. Who is folded in may have negative factors.
 *
 * @default { factors: 15, epochs: 50, biased: false, regularizationPu: 0.06, regularizationQi: 0.06,
 * regularizationBu: 0.02, regularizationBi: 0.02, learningRateBu: 0.005, learningRateBi: 0.005, initLow: 0,
 * initHigh: 1 }
 * @throws invalid_input for an unknown or impossible option; `fit` throws analysis when the biases diverge
 * @source Luo, Zhou, Xia, Zhu, "An Efficient Non-Negative Matrix-Factorization-Based Approach to Collaborative
 * Filtering for Recommender Systems", IEEE Transactions on Industrial Informatics 10(2), 2014, equation (9); defaults
 * of Surprise 1.1.4
 */
export function nmf(options?: NmfInput): Recommender {
  const parsed = parseOptions(algorithm, NmfOptions, options);
  return recommenderOf({ algorithm, options: parsed }, (header, dense, context) =>
    fitNmf(header, parsed, dense, createRandom(header.seed), context),
  );
}

export async function fitNmf(
  header: ModelHeader,
  options: NmfOptions,
  dense: DenseTrainset,
  random: Pick<Random, "uniform">,
  context: FitContext,
): Promise<Model> {
  const modelOf = (found: SvdParameters, options: NmfOptions) =>
    restoreNmf({ ...header, options }, factorTensors(dense, options.factors, found));
  return fitWatched(
    options,
    context.watch,
    (watch) => factorize(dense, options, random, context, watch),
    modelOf,
  );
}

/** Tensors: see {@link restoreFactorModel}. */
export function restoreNmf(header: ModelHeader, tensors: ModelTensors): Model {
  const options = parseOptions(algorithm, NmfOptions, header.options);
  return restoreFactorModel(header, tensors, { ...options, implicit: false });
}

/** Updates of single factors between two looks at the clock: some milliseconds. */
const workPerStep = 2_000_000;

async function factorize(
  { users, items, byUser, byItem, globalMean }: DenseTrainset,
  options: NmfOptions,
  random: Pick<Random, "uniform">,
  context: Pick<FitContext, "signal" | "onProgress">,
  watch: EpochWatch<SvdParameters> | undefined,
): Promise<SvdParameters> {
  const { factors, epochs, biased } = options;
  const parameters = initialParameters(users.length, items.length, options, random);
  const { bu, bi, pu, qi } = parameters;
  const sums = { numerators: new Float64Array(qi.length), denominators: new Float64Array(qi.length) };
  const counts = Int32Array.from(items, (_, item) => byItem.starts[item + 1]! - byItem.starts[item]!);
  const mu = biased ? globalMean : 0;
  const stepLength = Math.ceil(workPerStep / factors);
  const pace = createPace({ phase: `fit ${algorithm}`, total: epochs, unit: "epochs" }, context);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let from = 0; from < users.length; ) {
      let to = from + 1;
      while (to < users.length && byUser.starts[to]! - byUser.starts[from]! < stepLength) to++;
      nmfUsers(parameters, byUser, sums, options, factors, mu, biased, from, to);
      from = to;
      if (from < users.length) await pace.step(epoch);
    }
    nmfItems(qi, sums, counts, options, factors);
    if (![bu, bi, pu, qi].every((values) => values.every(Number.isFinite))) throw diverged(epoch + 1);
    await pace.step(epoch + 1);
    if (await endsAfter(watch, epoch + 1, epochs, () => structuredClone(parameters))) break;
  }
  return parameters;
}

function initialParameters(
  users: number,
  items: number,
  { factors, initLow, initHigh }: NmfOptions,
  random: Pick<Random, "uniform">,
): SvdParameters {
  const draw = (length: number) =>
    Float64Array.from({ length }, () => initLow + (initHigh - initLow) * random.uniform());
  const pu = draw(users * factors);
  const qi = draw(items * factors);
  return { bu: new Float64Array(users), bi: new Float64Array(items), pu, qi };
}

function diverged(epoch: number): TamisError {
  return new TamisError(
    "analysis",
    `nmf: the biases diverged in epoch ${epoch}; use a smaller learningRateBu or Bi.`,
  );
}
