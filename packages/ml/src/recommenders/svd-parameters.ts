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
