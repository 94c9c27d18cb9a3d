import { z } from "zod";

/** The learnt parameters of an SVD: biases (users), (items) and factors (users × k), (items × k), row-major. */
export interface SvdParameters {
  readonly bu: Float64Array;
  readonly bi: Float64Array;
  readonly pu: Float64Array;
  readonly qi: Float64Array;
}

/** A γ, and a λ. */
export const rate = z.number().positive();
export const penalty = z.number().min(0);

/** Options that take the place of the common `learningRate` and `regularization` for one kind of parameter. */
export const ownLearningRates = {
  learningRateBu: rate.optional(),
  learningRateBi: rate.optional(),
  learningRatePu: rate.optional(),
  learningRateQi: rate.optional(),
};
export const ownPenalties = {
  regularizationBu: penalty.optional(),
  regularizationBi: penalty.optional(),
  regularizationPu: penalty.optional(),
  regularizationQi: penalty.optional(),
};
type OwnRate = keyof typeof ownLearningRates | keyof typeof ownPenalties;

/** Step sizes γ and regularisations λ, one per kind of parameter. */
export type SvdRates = { readonly [Rate in OwnRate]: number };

/** Rates as options have them. */
interface SvdRateOptions extends Partial<Record<OwnRate, number | undefined>> {
  readonly learningRate: number;
  readonly regularization: number;
}

/** The rate of every kind of parameter: its own where it has one, else the common one. */
export function svdRates(options: SvdRateOptions): SvdRates {
  const { learningRate, regularization } = options;
  return {
    learningRateBu: options.learningRateBu ?? learningRate,
    learningRateBi: options.learningRateBi ?? learningRate,
    learningRatePu: options.learningRatePu ?? learningRate,
    learningRateQi: options.learningRateQi ?? learningRate,
    regularizationBu: options.regularizationBu ?? regularization,
    regularizationBi: options.regularizationBi ?? regularization,
    regularizationPu: options.regularizationPu ?? regularization,
    regularizationQi: options.regularizationQi ?? regularization,
  };
}
