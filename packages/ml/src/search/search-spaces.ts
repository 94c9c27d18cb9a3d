import { TamisError } from "@tamis/core";
import type { SearchSpaceInput } from "./search-space.ts";

/** Descents by gradient, over 20 to 120 epochs. */
const descent: SearchSpaceInput = {
  factors: { values: [20, 50, 80] },
  epochs: { min: 20, max: 120, integer: true },
  learningRate: { min: 0.002, max: 0.02, scale: "log" },
  regularization: { min: 0.02, max: 0.2, scale: "log" },
  initStd: { values: [0.001, 0.01, 0.1] },
};

const neighbours: SearchSpaceInput = {
  k: { min: 10, max: 80, integer: true },
  "similarity.name": { values: ["msd", "cosine", "pearson_baseline"] },
  "similarity.userBased": { values: [true, false] },
  "similarity.shrinkage": { min: 10, max: 200, scale: "log" },
};

const leastSquares: SearchSpaceInput = {
  factors: { values: [32, 64, 128] },
  regularization: { min: 0.001, max: 0.1, scale: "log" },
  epochs: { min: 6, max: 20, integer: true },
};

/** Where {@link tune} looks when it is not told: for each algorithm the options that matter most. */
export const searchSpaces: Readonly<Record<string, SearchSpaceInput>> = {
  svd: descent,
  "svd-plus-plus": descent,
  "svd-plus-plus-accumulated": descent,
  nmf: {
    factors: { values: [5, 10, 15, 30] },
    epochs: { min: 20, max: 100, integer: true },
    regularizationPu: { min: 0.01, max: 0.5, scale: "log" },
    regularizationQi: { min: 0.01, max: 0.5, scale: "log" },
  },
  "slope-one": { weighted: { values: [true, false] } },
  "co-clustering": {
    userClusters: { min: 2, max: 10, integer: true },
    itemClusters: { min: 2, max: 10, integer: true },
    epochs: { min: 5, max: 40, integer: true },
  },
  "knn-basic": neighbours,
  "knn-with-means": neighbours,
  "knn-with-z-score": neighbours,
  "knn-baseline": neighbours,
  "item-knn": {
    weighting: { values: ["none", "tf-idf", "bm25"] },
    k: { min: 20, max: 500, integer: true, scale: "log" },
    shrinkage: { min: 1, max: 500, scale: "log" },
  },
  ials: { ...leastSquares, unobservedWeight: { min: 0.02, max: 1, scale: "log" } },
  "ials-hkv": { ...leastSquares, alpha: { min: 0.5, max: 40, scale: "log" } },
  ease: { regularization: { min: 10, max: 5000, scale: "log" } },
  bpr: {
    factors: { values: [16, 32, 64] },
    learningRate: { min: 0.005, max: 0.1, scale: "log" },
    regularization: { min: 0.001, max: 0.1, scale: "log" },
    epochs: { min: 20, max: 150, integer: true },
  },
  popularity: { damping: { min: 1, max: 1000, scale: "log" }, measure: { values: ["count", "mean"] } },
};

/** @throws invalid_input for an algorithm without one */
export function searchSpaceOf(name: string): SearchSpaceInput {
  if (Object.hasOwn(searchSpaces, name)) return searchSpaces[name]!;
  throw new TamisError(
    "invalid_input",
    `There is no search space for ${name}: give one, or tune one of ${Object.keys(searchSpaces).join(", ")}.`,
  );
}
