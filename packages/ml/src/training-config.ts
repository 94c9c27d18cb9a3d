import { z } from "zod";
import { defaultModels, type TrainingOptions } from "./training-plan.ts";

const share = z.number().min(0).max(1).exactOptional();
const count = z.int().min(0).exactOptional();
const rows = z.int().min(2).exactOptional();

/** What may be asked of a training, as JSON: the body of a request, the page's form. An unknown name is refused. */
export const TrainingConfig = z.strictObject({
  /** Algorithms to compare. */
  models: z
    .array(z.string())
    .min(1)
    .default([...defaultModels]),
  /** Options by algorithm. */
  options: z.record(z.string(), z.record(z.string(), z.json())).default({}),
  /** Begin with the options tuned for this number of ratings, of models that have such. */
  preset: z.boolean().default(false),
  folds: z.int().min(2).default(3),
  seed: z.int().min(0).default(42),
  /** How much better than the champion, in units of the scale. */
  margin: z.number().min(0).default(0),
  /** The p-value that the difference to the champion must stay below, e.g. 0.05. */
  significance: z.number().gt(0).lt(1).exactOptional(),
  /** The least shares of the champion's list figures that a new one's lists must reach; 0: none. */
  guards: z.strictObject({ ndcg: share, catalogue_coverage: share }).exactOptional(),
  /** Promote the model also when it is not better. */
  force: z.boolean().default(false),
  /** Users, and items, with fewer ratings are left out, until no more are. */
  min_user_ratings: count,
  min_item_ratings: count,
  /** How many ratings are used at most: to compare models on, for a KNN to learn from, to fit the best on. */
  samples: z.strictObject({ cross_validation: rows, knn: rows, final: rows }).exactOptional(),
});
export type TrainingConfig = z.infer<typeof TrainingConfig>;

/** The configuration of a run of a pipeline that trains: also who asked for it, whom no request may name itself. */
export const TrainingRunConfig = TrainingConfig.extend({ actor: z.string().min(1).default("pipeline") });
export type TrainingRunConfig = z.infer<typeof TrainingRunConfig>;

/** A configuration as `trainSnapshot` takes it. */
export function trainingOptions(
  config: TrainingRunConfig,
): TrainingOptions & { readonly preset: boolean; readonly actor: string } {
  const { min_user_ratings, min_item_ratings, samples, guards, ...rest } = config;
  return {
    ...rest,
    minUserRatings: min_user_ratings,
    minItemRatings: min_item_ratings,
    samples: samples && {
      crossValidation: samples.cross_validation,
      knn: samples.knn,
      final: samples.final,
    },
    guards: guards && { ndcg: guards.ndcg, catalogueCoverage: guards.catalogue_coverage },
  };
}
