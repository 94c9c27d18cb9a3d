import type { Model, ModelTensors, Recommender } from "../recommender.ts";
import type { ModelHeader } from "../scorer.ts";
import { knnRecommender, restoreKnn } from "./knn.ts";
import type { KnnVariant } from "./knn-formula.ts";
import type { KnnInput } from "./knn-options.ts";

const variant: KnnVariant = { algorithm: "knn-with-means", centre: "mean", scaled: false };

/**
 * Neighbourhood average around each user's mean:
 *
 *     r̂_ui = μ_u + Σ_{v ∈ N^k_i(u)} sim(u, v) · (r_vi − μ_v) / Σ_{v ∈ N^k_i(u)} sim(u, v)
 *
 * N^k_i(u) and `userBased: false` are as in {@link knnBasic}. With fewer than `minK` neighbours the estimate is μ_u (μ_i when
 * item-based); a pair with an unknown side gets μ.
 *
 * @default { k: 40, minK: 1, similarity: { name: "msd", userBased: true, minSupport: 1, shrinkage: 100 } }
 * @throws invalid_input for an unknown or impossible option
 * @source Surprise 1.1.4, `KNNWithMeans`; Resnick and others, "GroupLens", CSCW 1994
 */
export function knnWithMeans(options?: KnnInput): Recommender {
  return knnRecommender(variant, options);
}

export function restoreKnnWithMeans(header: ModelHeader, tensors: ModelTensors): Model {
  return restoreKnn(variant, header, tensors);
}
