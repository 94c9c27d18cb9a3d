import {
  type Id,
  type Item,
  type OnProgress,
  type RatingTable,
  TamisError,
  type TrainingPorts,
} from "@tamis/core";
import type { Activity } from "./active-rows.ts";
import type { DefinedRecommender } from "./define-recommender.ts";
import type { PromotionGuards } from "./promotion.ts";
import type { ModelOptions, Recommender } from "./recommender.ts";
import { createRecommender } from "./recommenders.ts";
import { type TrainingSamples, type TrainingTables, trainingTables } from "./training-tables.ts";

/** What may be asked of a training. */
export interface TrainingOptions extends Activity {
  /** Name of the registered model. @default "Best_Film_Recommender" */
  readonly model?: string;
  /** Experiment that the run belongs to. @default "Film_Recommendation_Experiment" */
  readonly experiment?: string;
  /** Algorithms to compare, of ratings and of rankings. @default ["svd", "knn-basic", "normal-predictor"] */
  readonly models?: readonly string[];
  /** Algorithms of one's own, for their names in `models`. */
  readonly recommenders?: readonly DefinedRecommender[];
  /** Options by algorithm; those not named have their defaults. */
  readonly options?: Readonly<Record<string, ModelOptions>>;
  /** @default 3 */
  readonly folds?: number;
  /** Seed of the folds and of every fit. @default 42 */
  readonly seed?: number;
  /** How much better than the champion, in units of the scale; a ranker has to be better at all. @default 0 */
  readonly margin?: number;
  /** Promote even when it is not better. @default false */
  readonly force?: boolean;
  /** The p-value that the difference to who has the role must stay below, e.g. 0.05. @default none is asked for */
  readonly significance?: number | undefined;
  /** What the lists of a new champion must keep of the present one's. */
  readonly guards?: PromotionGuards | undefined;
  /** How many ratings are used, at most. */
  readonly samples?: TrainingSamples | undefined;
  /** Who asked for it, for the audit: the name of a token, `command line`, `schedule`. @default "program" */
  readonly actor?: string;
  /** @default () => new Date() */
  readonly now?: () => Date;
  /** Labels of the run. */
  readonly tags?: Readonly<Record<string, Id>>;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

export interface TrainRequest
  extends TrainingOptions,
    Pick<TrainingPorts, "objects" | "catalog" | "tracker"> {
  readonly table: RatingTable;
  /** Digest of the snapshot that `table` was read from. */
  readonly snapshot: string;
  /** The catalogue, for the cold start. */
  readonly items: Iterable<Item>;
}

/** The registered model of those who do not name one. */
export const defaultModel = "Best_Film_Recommender";

/** What those compare who do not name any. */
export const defaultModels: readonly string[] = ["svd", "knn-basic", "normal-predictor"];

/** A request with everything filled in. */
export interface TrainingPlan extends TrainRequest, TrainingTables {
  readonly name: string;
  readonly folds: number;
  readonly seed: number;
  readonly margin: number;
  readonly force: boolean;
  readonly actor: string;
  readonly samples: TrainingSamples;
  /** All there is, for the cold start: what is popular is known from everybody. */
  readonly whole: RatingTable;
  readonly candidates: readonly Recommender[];
  readonly own: readonly DefinedRecommender[];
  /** Whether the lists of all candidates are judged: where one of them ranks. */
  readonly lists: boolean;
}

/**
 * Fills in what a request leaves out.
 *
 * @throws invalid_input for an unknown algorithm or option, or no algorithm; analysis when nobody is active enough
 */
export function planTraining(request: TrainRequest): TrainingPlan {
  const { models = defaultModels, options = {}, recommenders: own = [] } = request;
  const { table: whole, samples = {}, seed = 42 } = request;
  const candidates = [...new Set(models)].map(
    (name) => own.find(({ algorithm }) => algorithm === name) ?? createRecommender(name, options[name]),
  );
  if (candidates.length === 0) {
    throw new TamisError("invalid_input", "No model to train: name at least one, for example svd.");
  }
  return {
    ...request,
    ...trainingTables(whole, { ...request, samples, seed }),
    name: request.model ?? defaultModel,
    folds: request.folds ?? 3,
    seed,
    margin: request.margin ?? 0,
    force: request.force ?? false,
    actor: request.actor ?? "program",
    samples,
    whole,
    candidates,
    own,
    items: [...request.items], // they may be read once only, and each new version needs them
    lists: candidates.some(({ kind }) => kind === "ranking"),
  };
}
