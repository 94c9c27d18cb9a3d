import type { SparseRows } from "../sparse-rows.ts";
import { dotProduct } from "./dot-product.ts";
import type { SvdParameters } from "./svd-parameters.ts";

export interface NmfRates {
  readonly regularizationPu: number;
  readonly regularizationQi: number;
  readonly learningRateBu: number;
  readonly learningRateBi: number;
  readonly regularizationBu: number;
  readonly regularizationBi: number;
}

/** What an epoch gathers about the items while it visits the users: items × k each. */
export interface NmfItemSums {
  readonly numerators: Float64Array;
  readonly denominators: Float64Array;
}

/**
 * The first part of an epoch, for the users `from` … `to − 1`, in place: the hot loop of NMF.
 *
 * With d = r − (μ + b_u + b_i) split into d⁺ = max(d, 0) and d⁻ = max(−d, 0), and all sums over the ratings of u,
 * taken with the factors as they were:
 *
 *     p_uf ← p_uf · Σ q_if d⁺ / (Σ q_if (q_i · p_u + d⁻) + λ |I_u| p_uf)
 *
 * The same sums for the items, with the old p_u, are added to `sums`. When biased, the biases take a step of gradient
 * descent at each rating, as in SVD. A factor of 0 stays 0.
 *
 * @param mu - 0 for the unbiased form, whose biases stay 0
 */
export function nmfUsers(
  { bu, bi, pu, qi }: SvdParameters,
  { starts, columns, values }: SparseRows,
  sums: NmfItemSums,
  rates: NmfRates,
  factors: number,
  mu: number,
  biased: boolean,
  from: number,
  to: number,
): void {
  const numerators = new Float64Array(factors);
  const denominators = new Float64Array(factors);
  for (let user = from; user < to; user++) {
    const p = user * factors;
    const end = starts[user + 1]!;
    numerators.fill(0);
    denominators.fill(0);
    for (let n = starts[user]!; n < end; n++) {
      const item = columns[n]!;
      const q = item * factors;
      const affinity = dotProduct(pu, p, qi, q, factors);
      const rest = values[n]! - mu - bu[user]! - bi[item]!;
      if (biased) {
        const error = rest - affinity;
        bu[user]! += rates.learningRateBu * (error - rates.regularizationBu * bu[user]!);
        bi[item]! += rates.learningRateBi * (error - rates.regularizationBi * bi[item]!);
      }
      const wanted = Math.max(rest, 0);
      const given = affinity + Math.max(-rest, 0);
      for (let f = 0; f < factors; f++) {
        const pf = pu[p + f]!;
        const qf = qi[q + f]!;
        numerators[f]! += qf * wanted;
        denominators[f]! += qf * given;
        sums.numerators[q + f]! += pf * wanted;
        sums.denominators[q + f]! += pf * given;
      }
    }
    const penalty = (end - starts[user]!) * rates.regularizationPu;
    for (let f = 0; f < factors; f++)
      pu[p + f] = scaled(pu[p + f]!, numerators[f]!, denominators[f]!, penalty);
  }
}

/**
 * The second part: the items' factors by the sums of the first, which are cleared for the next epoch.
 *
 * @param counts - ratings of each item
 */
export function nmfItems(
  qi: Float64Array,
  sums: NmfItemSums,
  counts: Int32Array,
  rates: NmfRates,
  factors: number,
): void {
  for (let n = 0; n < qi.length; n++) {
    const penalty = counts[Math.floor(n / factors)]! * rates.regularizationQi;
    qi[n] = scaled(qi[n]!, sums.numerators[n]!, sums.denominators[n]!, penalty);
  }
  sums.numerators.fill(0);
  sums.denominators.fill(0);
}

function scaled(factor: number, numerator: number, denominator: number, penalty: number): number {
  const whole = denominator + penalty * factor;
  return whole > 0 ? (factor * numerator) / whole : factor;
}
