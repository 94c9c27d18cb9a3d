import type { ModelOptions } from "../recommender.ts";

/** What Surprise 1.1.4 answers for one algorithm on the five reference folds of MovieLens 100k. */
export interface GoldenRow {
  readonly algorithm: string;
  readonly options: ModelOptions;
  /** RMSE per fold, to five decimals. */
  readonly rmse: readonly [number, number, number, number, number];
  /** Mean over the folds. */
  readonly meanRmse: number;
  readonly meanMae: number;
  /** Whether the algorithm draws random numbers, so that only means can be compared. */
  readonly random?: true;
}

const pearsonBaseline = (userBased: boolean, k: number, shrinkage: number) => ({
  k,
  similarity: { name: "pearson_baseline", userBased, shrinkage },
});

/**
 * Measured with Surprise 1.1.4: `KFold(5, random_state=0)`, algorithms with `random_state=0`, options as named here
 * and otherwise Surprise's defaults.
 */
export const surpriseGolden: readonly GoldenRow[] = [
  {
    algorithm: "svd",
    options: {},
    rmse: [0.93547, 0.9278, 0.93061, 0.93191, 0.94621],
    meanRmse: 0.9344,
    meanMae: 0.73671,
    random: true,
  },
  {
    algorithm: "svd",
    options: { biased: false },
    rmse: [0.94786, 0.94566, 0.9416, 0.94958, 0.95615],
    meanRmse: 0.94817,
    meanMae: 0.74745,
    random: true,
  },
  {
    algorithm: "baseline-only",
    options: {},
    rmse: [0.94465, 0.94014, 0.93833, 0.94167, 0.95505],
    meanRmse: 0.94397,
    meanMae: 0.74837,
  },
  {
    algorithm: "baseline-only",
    options: { method: "sgd" },
    rmse: [0.94161, 0.93685, 0.93573, 0.93895, 0.95279],
    meanRmse: 0.94119,
    meanMae: 0.74366,
  },
  {
    algorithm: "knn-basic",
    options: {},
    rmse: [0.98412, 0.97537, 0.97649, 0.97547, 0.98722],
    meanRmse: 0.97973,
    meanMae: 0.77363,
  },
  {
    algorithm: "knn-basic",
    options: { similarity: { userBased: false } },
    rmse: [0.97295, 0.97327, 0.96905, 0.97445, 0.98581],
    meanRmse: 0.9751,
    meanMae: 0.77027,
  },
  {
    algorithm: "knn-basic",
    options: { similarity: { name: "cosine" } },
    rmse: [1.02151, 1.01519, 1.0129, 1.01353, 1.02395],
    meanRmse: 1.01741,
    meanMae: 0.80441,
  },
  {
    algorithm: "knn-basic",
    options: { similarity: { name: "pearson" } },
    rmse: [1.0174, 1.00754, 1.00688, 1.00675, 1.01994],
    meanRmse: 1.0117,
    meanMae: 0.80348,
  },
  {
    algorithm: "knn-with-means",
    options: {},
    rmse: [0.95278, 0.94522, 0.94725, 0.94732, 0.96286],
    meanRmse: 0.95108,
    meanMae: 0.74946,
  },
  {
    algorithm: "knn-with-means",
    options: { similarity: { name: "cosine", userBased: false } },
    rmse: [0.94448, 0.93937, 0.93732, 0.93973, 0.95491],
    meanRmse: 0.94316,
    meanMae: 0.74149,
  },
  {
    algorithm: "knn-with-z-score",
    options: {},
    rmse: [0.95373, 0.9451, 0.94579, 0.94686, 0.96308],
    meanRmse: 0.95091,
    meanMae: 0.74612,
  },
  {
    algorithm: "knn-baseline",
    options: {},
    rmse: [0.93161, 0.92522, 0.9271, 0.92752, 0.94192],
    meanRmse: 0.93067,
    meanMae: 0.73321,
  },
  {
    algorithm: "knn-baseline",
    options: pearsonBaseline(true, 40, 100),
    rmse: [0.9217, 0.91917, 0.91723, 0.92082, 0.9318],
    meanRmse: 0.92215,
    meanMae: 0.72195,
  },
  {
    algorithm: "knn-baseline",
    options: pearsonBaseline(false, 20, 50),
    rmse: [0.92206, 0.91636, 0.91423, 0.92069, 0.92946],
    meanRmse: 0.92056,
    meanMae: 0.72083,
  },
  {
    algorithm: "knn-baseline",
    options: pearsonBaseline(false, 30, 90),
    rmse: [0.91956, 0.91437, 0.91152, 0.91873, 0.92668],
    meanRmse: 0.91817,
    meanMae: 0.71972,
  },
  {
    algorithm: "knn-baseline",
    options: pearsonBaseline(false, 40, 100),
    rmse: [0.91882, 0.91386, 0.91112, 0.91772, 0.92641],
    meanRmse: 0.91758,
    meanMae: 0.71964,
  },
  {
    algorithm: "svd",
    options: { factors: 50, epochs: 100, learningRate: 0.01, regularization: 0.1, initStd: 0.001 },
    rmse: [0.90796, 0.90326, 0.90463, 0.90769, 0.91656],
    meanRmse: 0.90802,
    meanMae: 0.71594,
    random: true,
  },
  {
    algorithm: "svd-plus-plus",
    options: {},
    rmse: [0.91934, 0.91443, 0.91284, 0.91908, 0.92799],
    meanRmse: 0.91874,
    meanMae: 0.72056,
    random: true,
  },
  {
    algorithm: "svd-plus-plus",
    options: { factors: 50, epochs: 100, learningRate: 0.005, regularization: 0.05, initStd: 0.001 },
    rmse: [0.90557, 0.89793, 0.89895, 0.90446, 0.91132],
    meanRmse: 0.90365,
    meanMae: 0.70839,
    random: true,
  },
  {
    algorithm: "nmf",
    options: {},
    rmse: [0.96449, 0.9624, 0.95698, 0.96054, 0.97253],
    meanRmse: 0.96339,
    meanMae: 0.75801,
    random: true,
  },
  {
    algorithm: "co-clustering",
    options: {},
    rmse: [0.96733, 0.96373, 0.95206, 0.95734, 0.97269],
    meanRmse: 0.96263,
    meanMae: 0.75322,
    random: true,
  },
  {
    algorithm: "slope-one",
    options: {},
    rmse: [0.94678, 0.94132, 0.94099, 0.94232, 0.95796],
    meanRmse: 0.94587,
    meanMae: 0.74335,
  },
  {
    algorithm: "normal-predictor",
    options: {},
    rmse: [1.51435, 1.51904, 1.52361, 1.50912, 1.52393],
    meanRmse: 1.51801,
    meanMae: 1.21871,
    random: true,
  },
];
