import type { Model, ModelTensors, Recommender } from "../recommender.ts";
import type { ModelHeader } from "../scorer.ts";
import { knnRecommender, restoreKnn } from "./knn.ts";
import type { KnnVariant } from "./knn-formula.ts";
import type { KnnInput } from "./knn-options.ts";

const variant: KnnVariant = { algorithm: "knn-basic", centre: "none", scaled: false };

/**
 * Neighbourhood average: what the k users most similar to u gave the item, weighted by similarity.
 *
 *     r̂_ui = Σ_{v ∈ N^k_i(u)} sim(u, v) · r_vi / Σ_{v ∈ N^k_i(u)} sim(u, v)
 *
 * N^k_i(u) are the k most similar to u among those who rated i, and of them only those with sim > 0. With
 * `similarity.userBased: false` users and items change roles: the average is over the k items most similar to i
 * among those u rated. A pair with an unknown side, or with fewer than `minK` neighbours, gets μ.
 *
 * A pair that was in the training set counts itself among its neighbours.
 *
 * @default { k: 40, minK: 1, similarity: { name: "msd", userBased: true, minSupport: 1, shrinkage: 100 } }
 * @throws invalid_input for an unknown or impossible option
 * @source Surprise 1.1.4, `KNNBasic`; Herlocker and others, "An Algorithmic Framework for Performing Collaborative
 * Filtering", SIGIR 1999
 */
export function knnBasic(options?: KnnInput): Recommender {
  return knnRecommender(variant, options);
}

export function restoreKnnBasic(header: ModelHeader, tensors: ModelTensors): Model {
  return restoreKnn(variant, header, tensors);
}
