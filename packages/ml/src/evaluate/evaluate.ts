import type { OnProgress, RatingTable } from "@tamis/core";
import type { Model, Recommender } from "../recommender.ts";
import { type CrossValidation, crossValidate } from "./cross-validate.ts";
import { namedSplit, type SplitName } from "./named-split.ts";
import { type RankValidation, rankValidate } from "./rank-validate.ts";
import type { Fold } from "./split.ts";

export interface EvaluationOptions {
  /** How the ratings are cut. @default "k-fold" */
  readonly split?: SplitName;
  /** Folds made otherwise, instead of `split`: called for each side, with the same result. */
  readonly splits?: () => Iterable<Fold>;
  /** Of `k-fold`, each `repeated-k-fold` and `shuffle`; the other splits have one. @default 3 */
  readonly folds?: number;
  /** Seed of the shuffle, and of every fit. @default 42 */
  readonly seed?: number;
  /** Length of the lists. @default 10 */
  readonly k?: number;
  /** Whether the lists of a model of ratings are judged too. @default true */
  readonly lists?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** Both sides of a recommender, from the same folds. */
export interface Evaluation {
  /** How well it estimates ratings; absent for one that only ranks. */
  readonly accuracy?: CrossValidation;
  /** How good its lists are. */
  readonly lists?: RankValidation;
}

/**
 * Evaluates a recommender by the accuracy of its estimates and by the quality of its lists: the two disagree, so that one
 * does not stand for the other. Each fold is learnt once.
 *
 * @throws invalid_input for an impossible number of folds or k; analysis when nobody can be judged; aborted
 *
 * @example
 * const { accuracy, lists } = await evaluate(table, svd());
 * [accuracy!.rmse.mean, lists!.metrics.ndcg];
 */
export async function evaluate(
  table: RatingTable,
  recommender: Recommender,
  { lists = true, k = 10, split, splits, ...options }: EvaluationOptions = {},
): Promise<Evaluation> {
  const { folds = 3, seed = 42 } = options;
  // Made anew for each side: the folds of a split are not kept.
  const made = splits ?? (split && split !== "k-fold" && (() => namedSplit(split, table, { folds, seed })));
  const anew = () => made && { splits: made() };
  if (recommender.kind === "ranking")
    return { lists: await rankValidate(table, recommender, { ...options, ...anew(), k }) };
  if (!lists) return { accuracy: await crossValidate(table, recommender, { ...options, ...anew() }) };
  const models: Model[] = [];
  const keeping: Recommender = {
    ...recommender,
    async fit(...args) {
      const model = await recommender.fit(...args);
      models.push(model);
      return model;
    },
  };
  const accuracy = await crossValidate(table, keeping, { ...options, ...anew() });
  // The same folds in the same order, so the models are at hand; each is let go when it was judged.
  const kept: Recommender = { ...recommender, fit: async () => models.shift()! };
  return { accuracy, lists: await rankValidate(table, kept, { ...options, ...anew(), k }) };
}
