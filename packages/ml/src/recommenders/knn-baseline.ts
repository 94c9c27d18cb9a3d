import type { Model, ModelTensors, Recommender } from "../recommender.ts";
import type { ModelHeader } from "../scorer.ts";
import { knnRecommender, restoreKnn } from "./knn.ts";
import type { KnnVariant } from "./knn-formula.ts";
import type { KnnInput } from "./knn-options.ts";

const variant: KnnVariant = { algorithm: "knn-baseline", centre: "baseline", scaled: false };

/**
 * Neighbourhood average around the baseline estimate b_ui = μ + b_u + b_i:
 *
 *     r̂_ui = b_ui + Σ_{v ∈ N^k_i(u)} sim(u, v) · (r_vi − b_vi) / Σ_{v ∈ N^k_i(u)} sim(u, v)
 *
 * N^k_i(u) and `userBased: false` are as in {@link knnBasic}. With fewer than `minK` neighbours the estimate is b_ui;
 * so it is for a pair with an unknown side, whose bias is 0. The most accurate of the family, item-based with
 * `pearson_baseline`.
 *
 * @default { k: 40, minK: 1, similarity: { name: "msd", userBased: true, minSupport: 1, shrinkage: 100 },
 * baseline: { method: "als", epochs: 10, regUser: 15, regItem: 10 } }
 * @throws invalid_input for an unknown or impossible option
 * @source Koren, ACM TKDD 4(1), 2010, equation (3); Surprise 1.1.4, `KNNBaseline`
 *
 * @example
 * knnBaseline({ similarity: { name: "pearson_baseline", userBased: false } });
 */
export function knnBaseline(options?: KnnInput): Recommender {
  return knnRecommender(variant, options);
}

export function restoreKnnBaseline(header: ModelHeader, tensors: ModelTensors): Model {
  return restoreKnn(variant, header, tensors);
}
