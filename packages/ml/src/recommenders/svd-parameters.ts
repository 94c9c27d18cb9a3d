/** The learnt parameters of an SVD: biases (users), (items) and factors (users × k), (items × k), row-major. */
export interface SvdParameters {
  readonly bu: Float64Array;
  readonly bi: Float64Array;
  readonly pu: Float64Array;
  readonly qi: Float64Array;
}

/** Step sizes γ and regularisations λ, one per kind of parameter. */
export interface SvdRates {
  readonly learningRateBu: number;
  readonly learningRateBi: number;
  readonly learningRatePu: number;
  readonly learningRateQi: number;
  readonly regularizationBu: number;
  readonly regularizationBi: number;
  readonly regularizationPu: number;
  readonly regularizationQi: number;
}

/** Rates as options have them: one of each for all, which a kind of parameter may override. */
interface SvdRateOptions extends Partial<{ [Rate in keyof SvdRates]: SvdRates[Rate] | undefined }> {
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
