import { dotProduct } from "../recommenders/dot-product.ts";
import type { SparseRows } from "../sparse-rows.ts";
import type { SvdPlusPlusParameters, SvdPlusPlusRates, SvdPlusPlusRatings } from "./svd-plus-plus.ts";

/** A pass over the ratings of the users `from` … `to − 1`, in place: the kernel in plain TypeScript, its oracle in tests. */
export type PlainSvdPlusPlus = (
  parameters: SvdPlusPlusParameters,
  ratings: Pick<SvdPlusPlusRatings, "byUser" | "rated">,
  rates: SvdPlusPlusRates,
  factors: number,
  mu: number,
  from: number,
  to: number,
) => void;

/**
 * The descent of SVD++ as Surprise defines it.
 *
 * For each rating, with z = |I_u|^(−1/2) Σ y_j, e = r − (μ + b_u + b_i + q_i · (p_u + z)) and old values on the right:
 *
 *     b_u ← b_u + γ (e − λ b_u)      p_u ← p_u + γ (e q_i − λ p_u)
 *     b_i ← b_i + γ (e − λ b_i)      q_i ← q_i + γ (e (p_u + z) − λ q_i)
 *     y_j ← y_j + γ (e |I_u|^(−1/2) q_i − λ y_j)   for every j ∈ I_u
 *
 * Done as written this costs O(Σ |I_u|² k). But all y_j of a user undergo the same steps, so their sum and what is to
 * become of each are followed in two vectors, and the y_j are touched once: after the user's n ratings,
 * y_j ← (1 − γλ)^n y_j + shift. The same numbers but for rounding, in O(Σ |I_u| k).
 *
 * @source Koren, "Factorization Meets the Neighborhood", KDD 2008, equation (15) and the steps below it
 */
export const plainSvdPlusPlus: PlainSvdPlusPlus = (parameters, ratings, rates, factors, mu, from, to) => {
  const { yj, qi } = parameters;
  const { starts, columns } = ratings.rated;
  const keepYj = 1 - rates.learningRateYj * rates.regularizationYj;
  const sum = new Float64Array(factors);
  const shift = new Float64Array(factors);
  const z = new Float64Array(factors);
  for (let user = from; user < to; user++) {
    const end = starts[user + 1]!;
    const count = end - starts[user]!;
    const root = 1 / Math.sqrt(count);
    sumFactors(yj, columns, starts[user]!, end, sum);
    shift.fill(0);
    let kept = 1;
    const last = ratings.byUser.starts[user + 1]!;
    for (let p = ratings.byUser.starts[user]!; p < last; p++) {
      for (let f = 0; f < factors; f++) z[f] = sum[f]! * root;
      const q = ratings.byUser.columns[p]! * factors;
      const error = errorOf(parameters, ratings.byUser, user, p, z, factors, mu);
      const step = rates.learningRateYj * error * root;
      for (let f = 0; f < factors; f++) {
        const stepped = step * qi[q + f]!;
        shift[f] = keepYj * shift[f]! + stepped;
        sum[f] = keepYj * sum[f]! + count * stepped;
      }
      kept *= keepYj;
      stepRating(parameters, rates, user, ratings.byUser.columns[p]!, z, factors, error);
    }
    for (let n = starts[user]!; n < end; n++) {
      const y = columns[n]! * factors;
      for (let f = 0; f < factors; f++) yj[y + f] = kept * yj[y + f]! + shift[f]!;
    }
  }
};

/**
 * The cheaper descent of gorse (2019): z is held while a user's ratings are visited, and their steps for y are
 * gathered in s = Σ e |I_u|^(−1/2) q_i; then, once for every j ∈ I_u,
 *
 *     y_j ← y_j + γ (s / |I_u| − λ y_j)
 *
 * It is the mean, not the sum, of what {@link plainSvdPlusPlus} would add: y moves less, and is held back less.
 *
 * @source gorse, commit 59debb33 of 2019, `SVDpp`
 */
export const plainSvdPlusPlusAccumulated: PlainSvdPlusPlus = (
  parameters,
  ratings,
  rates,
  factors,
  mu,
  from,
  to,
) => {
  const { yj, qi } = parameters;
  const { starts, columns } = ratings.rated;
  const keepYj = 1 - rates.learningRateYj * rates.regularizationYj;
  const gathered = new Float64Array(factors);
  const z = new Float64Array(factors);
  for (let user = from; user < to; user++) {
    const end = starts[user + 1]!;
    const count = end - starts[user]!;
    const root = 1 / Math.sqrt(count);
    sumFactors(yj, columns, starts[user]!, end, z);
    for (let f = 0; f < factors; f++) z[f]! *= root;
    gathered.fill(0);
    const last = ratings.byUser.starts[user + 1]!;
    for (let p = ratings.byUser.starts[user]!; p < last; p++) {
      const q = ratings.byUser.columns[p]! * factors;
      const error = errorOf(parameters, ratings.byUser, user, p, z, factors, mu);
      for (let f = 0; f < factors; f++) gathered[f]! += error * root * qi[q + f]!;
      stepRating(parameters, rates, user, ratings.byUser.columns[p]!, z, factors, error);
    }
    const step = rates.learningRateYj / count;
    for (let n = starts[user]!; n < end; n++) {
      const y = columns[n]! * factors;
      for (let f = 0; f < factors; f++) yj[y + f] = keepYj * yj[y + f]! + step * gathered[f]!;
    }
  }
};

/** Σ y_j over the columns `from` … `to − 1`, into `sum`. */
function sumFactors(
  yj: Float64Array,
  columns: Int32Array,
  from: number,
  to: number,
  sum: Float64Array,
): void {
  sum.fill(0);
  for (let n = from; n < to; n++) {
    const y = columns[n]! * sum.length;
    for (let f = 0; f < sum.length; f++) sum[f]! += yj[y + f]!;
  }
}

/** e of the rating at `p`. */
function errorOf(
  { bu, bi, pu, qi }: SvdPlusPlusParameters,
  { columns, values }: SparseRows,
  user: number,
  p: number,
  z: Float64Array,
  factors: number,
  mu: number,
): number {
  const item = columns[p]!;
  const q = item * factors;
  const affinity = dotProduct(pu, user * factors, qi, q, factors) + dotProduct(z, 0, qi, q, factors);
  return values[p]! - mu - bu[user]! - bi[item]! - affinity;
}

/** The steps of everything but y. */
function stepRating(
  { bu, bi, pu, qi }: SvdPlusPlusParameters,
  rates: SvdPlusPlusRates,
  user: number,
  item: number,
  z: Float64Array,
  factors: number,
  error: number,
): void {
  bu[user]! += rates.learningRateBu * (error - rates.regularizationBu * bu[user]!);
  bi[item]! += rates.learningRateBi * (error - rates.regularizationBi * bi[item]!);
  const p = user * factors;
  const q = item * factors;
  const keepPu = 1 - rates.learningRatePu * rates.regularizationPu;
  const keepQi = 1 - rates.learningRateQi * rates.regularizationQi;
  for (let f = 0; f < factors; f++) {
    const pf = pu[p + f]!;
    const qf = qi[q + f]!;
    pu[p + f] = keepPu * pf + rates.learningRatePu * error * qf;
    qi[q + f] = keepQi * qf + rates.learningRateQi * error * (pf + z[f]!);
  }
}
