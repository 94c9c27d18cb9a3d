/** `best_rmse` → `Best RMSE`. */
export function metricLabel(name: string): string {
  const words = name
    .replaceAll("_", " ")
    .replace(/\b(rmse|mae|ndcg|fcp|svd|knn|nmf|ials|bpr|ease)\b/g, (word) => word.toUpperCase());
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}
