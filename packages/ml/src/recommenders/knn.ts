import { throwIfAborted } from "@tamis/core";
import { parseOptions } from "../parse-options.ts";
import type { FitContext, Model, ModelTensors, Recommender } from "../recommender.ts";
import { createModel, type ModelHeader } from "../scorer.ts";
import { readTensors, scalar, vector } from "../tensors.ts";
import type { DenseTrainset } from "../trainset-dense.ts";
import { fitBaselines } from "./baselines.ts";
import { forgetRatings } from "./forget-ratings.ts";
import type { KnnVariant } from "./knn-formula.ts";
import { type KnnInput, KnnOptions } from "./knn-options.ts";
import { type KnnData, knnScorer } from "./knn-scorer.ts";
import { knnStatistics } from "./knn-statistics.ts";
import { recommenderOf } from "./recommender-of.ts";

/**
 * The recommender of a variant: `knn-formula.ts` has the formula, `similarity.ts` the similarities.
 *
 * @throws invalid_input for an unknown or impossible option
 */
export function knnRecommender(variant: KnnVariant, options: KnnInput | undefined): Recommender {
  const { algorithm } = variant;
  const parsed = parseOptions(algorithm, KnnOptions, options);
  return recommenderOf({ algorithm, options: parsed }, async (header, dense, context) => {
    throwIfAborted(context.signal);
    return fitKnn(variant, header, parsed, dense, context);
  });
}

async function fitKnn(
  variant: KnnVariant,
  header: ModelHeader,
  options: KnnOptions,
  dense: DenseTrainset,
  context: FitContext,
): Promise<Model> {
  const { users, items } = dense;
  const ratings = options.similarity.userBased ? dense.byItem : dense.byUser;
  const arrays: Record<string, ModelTensors["arrays"][string]> = {
    mu: scalar(dense.globalMean),
    starts: vector(ratings.starts),
    columns: vector(ratings.columns),
    values: vector(ratings.values),
  };
  if (usesBaselines(variant, options)) {
    const { bu, bi } = await fitBaselines(dense, options.baseline, context);
    arrays.bu = vector(bu);
    arrays.bi = vector(bi);
  }
  return restoreKnn(variant, header, { users, items, arrays });
}

/**
 * The model keeps the ratings and computes similarities when they are asked for, one row at a time: fitting costs
 * next to nothing, memory stays proportional to the ratings, and the n × n matrix never exists.
 *
 * Somebody is folded in by the formula itself; only their bias needs an estimate, see `knn-statistics.ts`. Forgetting
 * is exact, but for user-based models whose baselines were fitted by gradient descent: that depends on an order of
 * the ratings which such a model does not keep.
 *
 * Tensors: `mu` (1); the ratings, y × x, as `starts` (y + 1), `columns` (ratings) and `values` (ratings); with
 * baselines also `bu` (users) and `bi` (items).
 */
export function restoreKnn(variant: KnnVariant, header: ModelHeader, tensors: ModelTensors): Model {
  const options = parseOptions(variant.algorithm, KnnOptions, header.options);
  const { userBased } = options.similarity;
  const { users, items, arrays } = tensors;
  const data = readData(variant, options, tensors);
  return createModel(header, users, items, {
    ...knnScorer(variant, data, options),
    async forget(user) {
      const rest = forgetRatings(tensors, header.scale, data.ratings, user, { byItem: userBased });
      const exact = !(userBased && usesBaselines(variant, options) && options.baseline.method === "sgd");
      return { model: await fitKnn(variant, header, options, rest, {}), exact };
    },
    tensors: () => arrays,
  });
}

/** Whether b_u and b_i take part. */
function usesBaselines(variant: KnnVariant, options: KnnOptions): boolean {
  return variant.centre === "baseline" || options.similarity.name === "pearson_baseline";
}

function readData(variant: KnnVariant, options: KnnOptions, tensors: ModelTensors): KnnData {
  const { users, items } = tensors;
  const { userBased } = options.similarity;
  const [xCount, yCount] = userBased ? [users.length, items.length] : [items.length, users.length];
  const read = readTensors(variant.algorithm, tensors);
  const mu = read.scalar("mu");
  const ratings = read.sparseRows(yCount, xCount);
  if (!usesBaselines(variant, options)) {
    return { ratings, xCount, statistics: knnStatistics(ratings, xCount, mu, undefined) };
  }
  const bu = read.float64("bu", users.length);
  const bi = read.float64("bi", items.length);
  const biases = userBased ? { x: bu, y: bi } : { x: bi, y: bu };
  return { ratings, xCount, statistics: knnStatistics(ratings, xCount, mu, biases) };
}
