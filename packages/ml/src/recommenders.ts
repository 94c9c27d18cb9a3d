import { TamisError } from "@tamis/core";
import { didYouMean } from "./did-you-mean.ts";
import type { Model, ModelTensors, Recommender } from "./recommender.ts";
import { baselineOnly, restoreBaselineOnly } from "./recommenders/baseline-only.ts";
import { bpr, restoreBpr } from "./recommenders/bpr.ts";
import { coClustering, restoreCoClustering } from "./recommenders/co-clustering.ts";
import { ease, restoreEase } from "./recommenders/ease.ts";
import { ials, restoreIals } from "./recommenders/ials.ts";
import { ialsHkv, restoreIalsHkv } from "./recommenders/ials-hkv.ts";
import { itemKnn, restoreItemKnn } from "./recommenders/item-knn.ts";
import { knnBaseline, restoreKnnBaseline } from "./recommenders/knn-baseline.ts";
import { knnBasic, restoreKnnBasic } from "./recommenders/knn-basic.ts";
import { knnWithMeans, restoreKnnWithMeans } from "./recommenders/knn-with-means.ts";
import { knnWithZScore, restoreKnnWithZScore } from "./recommenders/knn-with-z-score.ts";
import { nmf, restoreNmf } from "./recommenders/nmf.ts";
import { normalPredictor, restoreNormalPredictor } from "./recommenders/normal-predictor.ts";
import { popularity, restorePopularity } from "./recommenders/popularity.ts";
import { restoreSlopeOne, slopeOne } from "./recommenders/slope-one.ts";
import { restoreSvd, svd } from "./recommenders/svd.ts";
import { restoreSvdPlusPlus, svdPlusPlus } from "./recommenders/svd-plus-plus.ts";
import {
  restoreSvdPlusPlusAccumulated,
  svdPlusPlusAccumulated,
} from "./recommenders/svd-plus-plus-accumulated.ts";
import type { ModelHeader } from "./scorer.ts";

interface Algorithm {
  create(options: never): Recommender;
  restore(header: ModelHeader, tensors: ModelTensors): Model;
}

/** The one table of algorithms. */
const algorithms = {
  svd: { create: svd, restore: restoreSvd },
  "svd-plus-plus": { create: svdPlusPlus, restore: restoreSvdPlusPlus },
  "svd-plus-plus-accumulated": { create: svdPlusPlusAccumulated, restore: restoreSvdPlusPlusAccumulated },
  nmf: { create: nmf, restore: restoreNmf },
  "slope-one": { create: slopeOne, restore: restoreSlopeOne },
  "co-clustering": { create: coClustering, restore: restoreCoClustering },
  "knn-basic": { create: knnBasic, restore: restoreKnnBasic },
  "knn-with-means": { create: knnWithMeans, restore: restoreKnnWithMeans },
  "knn-with-z-score": { create: knnWithZScore, restore: restoreKnnWithZScore },
  "knn-baseline": { create: knnBaseline, restore: restoreKnnBaseline },
  "baseline-only": { create: baselineOnly, restore: restoreBaselineOnly },
  "normal-predictor": { create: normalPredictor, restore: restoreNormalPredictor },
  popularity: { create: popularity, restore: restorePopularity },
  "item-knn": { create: itemKnn, restore: restoreItemKnn },
  ials: { create: ials, restore: restoreIals },
  "ials-hkv": { create: ialsHkv, restore: restoreIalsHkv },
  ease: { create: ease, restore: restoreEase },
  bpr: { create: bpr, restore: restoreBpr },
} satisfies Record<string, Algorithm>;

/** The name of an algorithm of this package. */
export type RecommenderName = keyof typeof algorithms;

/** The algorithms that {@link createRecommender} knows, by name. */
export const recommenderNames = Object.keys(algorithms) as readonly RecommenderName[];

/**
 * Creates a recommender by name, for options that come from outside (a flag, a request, a file).
 *
 * @throws invalid_input for an unknown name or option, saying which exist
 *
 * @example
 * createRecommender("baseline-only", { method: "sgd", epochs: 10 });
 */
export function createRecommender(
  name: string,
  options: Readonly<Record<string, unknown>> = {},
): Recommender {
  return find(name, "invalid_input").create(options as never);
}

/**
 * Brings a fitted model back from what a model file keeps: its predictions are the same, bit for bit.
 *
 * @throws unsupported for an algorithm that is not of this package; corrupt_data when a tensor is missing or does
 * not have the shape it must have
 */
export function restoreModel(header: ModelHeader, tensors: ModelTensors): Model {
  return find(header.algorithm, "unsupported").restore(header, tensors);
}

function find(name: string, code: "invalid_input" | "unsupported"): Algorithm {
  if (Object.hasOwn(algorithms, name)) return algorithms[name as RecommenderName];
  throw new TamisError(
    code,
    `No recommender is named “${name}”; there are: ${recommenderNames.join(", ")}${didYouMean(name, recommenderNames)}`,
    { details: { name } },
  );
}
