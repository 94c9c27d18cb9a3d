import {
  type Item,
  type ModelCatalog,
  type ModelRole,
  type ObjectStore,
  type OnProgress,
  type RatingTable,
  type RunTracker,
  TamisError,
} from "@tamis/core";
import type { DefinedRecommender } from "./define-recommender.ts";
import { fillRole } from "./fill-role.ts";
import { figuresOf, type Measured, measure } from "./measure-recommender.ts";
import type { ModelOptions, Recommender } from "./recommender.ts";
import { createRecommender } from "./recommenders.ts";

export interface TrainRequest {
  readonly table: RatingTable;
  /** Digest of the snapshot that `table` was read from. */
  readonly snapshot: string;
  /** The catalogue, for the cold start. */
  readonly items: Iterable<Item>;
  readonly catalog: ModelCatalog;
  readonly tracker: RunTracker;
  readonly objects: ObjectStore;
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
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** What became of one role. */
export interface RoleResult {
  /** `champion`: of models of ratings, by RMSE. `ranker`: of ranking models, by NDCG@10. */
  readonly role: ModelRole;
  /** The best algorithm. */
  readonly best: string;
  /** The new version; `null` when it was not promoted: then none is made. */
  readonly version: number | null;
  readonly promoted: boolean;
  readonly reason: string;
}

/** Of the first role, the champion's unless there were only ranking models; `roles` has both. */
export interface TrainingResult extends Omit<RoleResult, "role"> {
  readonly runId: string;
  /**
   * `svd_rmse`, `svd_mae`, `knn_basic_rmse`…, `best_rmse`, and `champion_rmse` when there was a champion. With a ranking
   * model among them, lists are judged too: `svd_ndcg`, `svd_recall`, `svd_catalogue_coverage`, `ease_ndcg`…, `best_ndcg`,
   * and `ranker_ndcg` when there was a ranker.
   */
  readonly metrics: Readonly<Record<string, number>>;
  readonly roles: readonly RoleResult[];
}

/**
 * Trains a registered model, from a snapshot to a champion:
 *
 * 1. cross-validates every algorithm on the same folds. Of those that estimate ratings, the one of lowest mean RMSE may
 *    become the champion; of those that rank, the one of highest mean NDCG@10 the ranker. An RMSE is never compared with
 *    an NDCG; but with a ranking model among them, the lists of all are judged, to be seen side by side;
 * 2. compares each with who has the role on these folds. The recorded figure counts when it comes from the same
 *    snapshot, folds and seed, or when the best is the holder's own recipe on newer data; else its algorithm, with its
 *    options, is cross-validated here too;
 * 3. if it is better (see `promotion.ts`): fits it on all ratings, stores it with its cold start as a new version, and
 *    gives it the role, provided that it is still held by the one it was compared with.
 *
 * The run is remembered with its parameters, metrics and how it ended. When the work fails or is cancelled, the
 * champion stays what it was.
 *
 * @throws invalid_input for an unknown algorithm or option, no algorithm or an impossible number of folds; analysis
 * when no error can be computed; conflict when somebody else promoted meanwhile; aborted
 */
export async function train(request: TrainRequest): Promise<TrainingResult> {
  const {
    table,
    snapshot,
    tracker,
    models = ["svd", "knn-basic", "normal-predictor"],
    options = {},
    recommenders: own = [],
  } = request;
  const plan: Plan = {
    ...request,
    name: request.model ?? "Best_Film_Recommender",
    folds: request.folds ?? 3,
    seed: request.seed ?? 42,
    margin: request.margin ?? 0,
    force: request.force ?? false,
    candidates: [...new Set(models)].map(
      (name) => own.find(({ algorithm }) => algorithm === name) ?? createRecommender(name, options[name]),
    ),
    own,
    items: [...request.items], // they may be read once only, and each new version needs them
  };
  if (plan.candidates.length === 0) {
    throw new TamisError("invalid_input", "No model to train: name at least one, for example svd.");
  }
  const { name, folds, seed, margin, force } = plan;
  const experiment = request.experiment ?? "Film_Recommendation_Experiment";
  const runId = await tracker.start({ experiment, name, snapshot, seed });
  try {
    await tracker.logParameters(runId, {
      models: plan.candidates.map(({ algorithm }) => algorithm).join(","),
      ratings: table.length,
      users: table.users.ids.length,
      items: table.items.ids.length,
      folds,
      seed,
      margin,
      force,
    });
    const result = await run(plan, runId);
    await tracker.finish(runId, "finished", result.reason);
    return result;
  } catch (error) {
    const status = request.signal?.aborted ? "cancelled" : "failed";
    const message = error instanceof Error ? error.message : String(error);
    // What went wrong first is what the caller must hear.
    await tracker.finish(runId, status, message).catch(() => {});
    throw error;
  }
}

/** A request with everything filled in. */
export interface Plan extends TrainRequest {
  readonly name: string;
  readonly folds: number;
  readonly seed: number;
  readonly margin: number;
  readonly force: boolean;
  readonly candidates: readonly Recommender[];
  readonly own: readonly DefinedRecommender[];
}

async function run(plan: Plan, runId: string): Promise<TrainingResult> {
  const metrics: Record<string, number> = {};
  const record = async (more: Record<string, number>) => {
    Object.assign(metrics, more);
    await plan.tracker.logMetrics(runId, more);
  };
  const lists = plan.candidates.some(({ kind }) => kind === "ranking");
  const results: Measured[] = [];
  for (const recommender of plan.candidates) {
    const measured = await measure(plan, recommender, { lists });
    const prefix = recommender.algorithm.replaceAll("-", "_");
    const figures = Object.entries(figuresOf(measured)).map(([name, value]) => [`${prefix}_${name}`, value]);
    await record(Object.fromEntries(figures));
    results.push(measured);
  }
  const roles: RoleResult[] = [];
  for (const role of ["champion", "ranker"] as const) {
    const isRanking = role === "ranker";
    const own = results.filter(({ recommender }) => (recommender.kind === "ranking") === isRanking);
    if (own.length > 0) roles.push(await fillRole(plan, runId, role, own, record));
  }
  const { role: _, ...first } = roles[0]!;
  return { runId, ...first, reason: roles.map(({ reason }) => reason).join("; "), metrics, roles };
}
