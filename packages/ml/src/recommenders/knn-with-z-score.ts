import type { Model, ModelTensors, Recommender } from "../recommender.ts";
import type { ModelHeader } from "../scorer.ts";
import { knnRecommender, restoreKnn } from "./knn.ts";
import type { KnnVariant } from "./knn-formula.ts";
import type { KnnInput } from "./knn-options.ts";

const variant: KnnVariant = { algorithm: "knn-with-z-score", centre: "mean", scaled: true };

/**
 * Neighbourhood average of standardised ratings:
 *
 *     r̂_ui = μ_u + σ_u · Σ_{v ∈ N^k_i(u)} sim(u, v) · (r_vi − μ_v) / σ_v / Σ_{v ∈ N^k_i(u)} sim(u, v)
 *
 * σ_u is the standard deviation of the user's ratings (population); for a user whose ratings are all equal, that of
 * all ratings. N^k_i(u) and `userBased: false` are as in {@link knnBasic}. With fewer than `minK` neighbours the
 * estimate is μ_u (μ_i when item-based); a pair with an unknown side gets μ.
 *
 * @default { k: 40, minK: 1, similarity: { name: "msd", userBased: true, minSupport: 1, shrinkage: 100 } }
 * @throws invalid_input for an unknown or impossible option
 * @source Surprise 1.1.4, `KNNWithZScore`; Herlocker and others, SIGIR 1999, section 5.3
 */
export function knnWithZScore(options?: KnnInput): Recommender {
  return knnRecommender(variant, options);
}

export function restoreKnnWithZScore(header: ModelHeader, tensors: ModelTensors): Model {
  return restoreKnn(variant, header, tensors);
}
