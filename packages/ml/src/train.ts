import { fillRole, type RoleResult } from "./fill-role.ts";
import { figuresOf, type Measured, measure } from "./measure-recommender.ts";
import { planTraining, type TrainingPlan, type TrainRequest } from "./training-plan.ts";

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
  const plan = planTraining(request);
  const { table, snapshot, tracker, name, folds, seed, margin, force } = plan;
  const experiment = request.experiment ?? "Film_Recommendation_Experiment";
  const { tags } = request;
  const runId = await tracker.start({ experiment, name, snapshot, seed, ...(tags && { tags }) });
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

async function run(plan: TrainingPlan, runId: string): Promise<TrainingResult> {
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
