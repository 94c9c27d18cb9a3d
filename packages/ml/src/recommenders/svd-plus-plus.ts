import type { Recommender } from "../recommender.ts";
import {
  restoreSvdPlusPlusModel,
  type SvdPlusPlusInput,
  svdPlusPlusRecommender,
} from "./svd-plus-plus-fit.ts";

/**
 * SVD to which it matters what somebody rated at all, whatever the ratings:
 *
 *     r̂_ui = μ + b_u + b_i + q_i · (p_u + |I_u|^(−1/2) Σ_{j ∈ I_u} y_j)
 *
 * minimises Σ (r_ui − r̂_ui)² + λ (b_u² + b_i² + |q_i|² + |p_u|² + Σ_j |y_j|²) by the steps in
 * `kernels/plain-svd-plus-plus.ts`, which are Surprise's; ratings are visited user by user, without a shuffle. I_u has each
 * item once. All biases start at 0; the factors are drawn from `createRandom(seed)`: the users', the items', then y.
 *
 * An unknown user or item has no bias and no factors: its terms are 0.
 *
 * @default { factors: 20, epochs: 20, initMean: 0, initStd: 0.1, learningRate: 0.007, regularization: 0.02 };
 * `learningRateBu`, `Bi`, `Pu`, `Qi`, `Yj` and `regularizationBu`, `Bi`, `Pu`, `Qi`, `Yj` take the place of
 * `learningRate` and `regularization` for one kind of parameter
 * @throws invalid_input for an unknown or impossible option; `fit` throws analysis when the descent diverges
 * @source Koren, "Factorization Meets the Neighborhood: a Multifaceted Collaborative Filtering Model", KDD 2008,
 * equation (15); defaults of Surprise 1.1.4
 *
 * @example
 * svdPlusPlus({ factors: 50, epochs: 100, learningRate: 0.005, regularization: 0.05, initStd: 0.001 });
 */
export function svdPlusPlus(options?: SvdPlusPlusInput): Recommender {
  return svdPlusPlusRecommender("svd-plus-plus", false, options);
}

export const restoreSvdPlusPlus = restoreSvdPlusPlusModel;
