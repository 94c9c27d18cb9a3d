/** The registered model, as in the system that this one takes after. */
export const modelName = "Best_Film_Recommender";

/**
 * What the films system trains: three models on the same three folds of a sample, the best of them once more on a
 * larger one. Only people and films with enough ratings count; on a small data set few films have a hundred.
 */
export function trainingSettings(ratings: number) {
  const [min_user_ratings, min_item_ratings] = ratings >= 1_000_000 ? [50, 100] : [20, 10];
  return {
    models: ["svd", "knn-basic", "normal-predictor"],
    folds: 3,
    seed: 42,
    min_user_ratings,
    min_item_ratings,
    samples: { cross_validation: 100_000, knn: 20_000, final: 200_000 },
  };
}
