/** The learnt parameters of an SVD: biases (users), (items) and factors (users × k), (items × k), row-major. */
export interface SvdParameters {
  readonly bu: Float64Array;
  readonly bi: Float64Array;
  readonly pu: Float64Array;
  readonly qi: Float64Array;
}

/** The ratings to sweep over, in the order of the sweep: three columns of one length. */
export interface SvdRatings {
  readonly users: Int32Array;
  readonly items: Int32Array;
  readonly ratings: Float64Array;
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

/**
 * One pass of stochastic gradient descent over the ratings `from` … `to − 1`, in place: the hot loop of SVD.
 *
 * For each rating, with e = r − (μ + b_u + b_i + q_i·p_u) and the old p_u, q_i on the right:
 *
 *     b_u ← b_u + γ (e − λ b_u)        p_u ← p_u + γ (e q_i − λ p_u)
 *     b_i ← b_i + γ (e − λ b_i)        q_i ← q_i + γ (e p_u − λ q_i)
 *
 * @param mu - 0 for the unbiased form, whose biases stay 0
 * @param factors - k
 */
export function svdSweep(
  parameters: SvdParameters,
  data: SvdRatings,
  rates: SvdRates,
  factors: number,
  mu: number,
  biased: boolean,
  from: number,
  to: number,
): void {
  const { bu, bi, pu, qi } = parameters;
  const { users, items, ratings } = data;
  const stepPu = rates.learningRatePu;
  const stepQi = rates.learningRateQi;
  const keepPu = 1 - stepPu * rates.regularizationPu;
  const keepQi = 1 - stepQi * rates.regularizationQi;
  for (let n = from; n < to; n++) {
    const user = users[n]!;
    const item = items[n]!;
    const p = user * factors;
    const q = item * factors;
    const error = ratings[n]! - mu - bu[user]! - bi[item]! - dotProduct(pu, p, qi, q, factors);
    if (biased) {
      bu[user]! += rates.learningRateBu * (error - rates.regularizationBu * bu[user]!);
      bi[item]! += rates.learningRateBi * (error - rates.regularizationBi * bi[item]!);
    }
    const errorPu = stepPu * error;
    const errorQi = stepQi * error;
    for (let f = 0; f < factors; f++) {
      const pf = pu[p + f]!;
      const qf = qi[q + f]!;
      pu[p + f] = keepPu * pf + errorPu * qf;
      qi[q + f] = keepQi * qf + errorQi * pf;
    }
  }
}

/** a[i…] · b[j…] over `length` entries; four sums, so that additions need not wait for each other. */
export function dotProduct(a: Float64Array, i: number, b: Float64Array, j: number, length: number): number {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let f = 0;
  for (; f + 3 < length; f += 4) {
    sum0 += a[i + f]! * b[j + f]!;
    sum1 += a[i + f + 1]! * b[j + f + 1]!;
    sum2 += a[i + f + 2]! * b[j + f + 2]!;
    sum3 += a[i + f + 3]! * b[j + f + 3]!;
  }
  for (; f < length; f++) sum0 += a[i + f]! * b[j + f]!;
  return sum0 + sum1 + (sum2 + sum3);
}
