import type { FitContext, Model, Recommender } from "../recommender.ts";
import type { ModelHeader } from "../scorer.ts";
import { denseOf } from "../trainset.ts";
import type { DenseTrainset } from "../trainset-dense.ts";

/**
 * The recommender of an algorithm of this package.
 *
 * @param description - with parsed options
 * @param learn - makes the model of the arrays of a trainset; the header is the model's own, with the seed to draw by
 */
export function recommenderOf(
  description: Omit<Recommender, "fit">,
  learn: (header: ModelHeader, dense: DenseTrainset, context: FitContext) => Promise<Model>,
): Recommender {
  const { algorithm, options } = description;
  return {
    ...description,
    async fit(trainset, context = {}) {
      const dense = denseOf(trainset);
      const header = { algorithm, options, seed: context.seed ?? 42, scale: dense.scale };
      return learn(header, dense, context);
    },
  };
}
