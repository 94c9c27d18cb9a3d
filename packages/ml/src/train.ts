import { fillRole, type RoleResult } from "./fill-role.ts";
import { figuresOf, type Measured, measure, timingsOf } from "./measure-recommender.ts";
import type { Recommender } from "./recommender.ts";
import { trainingDocument } from "./training-document.ts";
import {
  foldFigures,
  foldsCsv,
  prefixOf,
  type TrainingJournal,
  trainingJournal,
} from "./training-journal.ts";
import { planTraining, type TrainingPlan, type TrainRequest } from "./training-plan.ts";

/** Of the first role, the champion's unless there were only ranking models; `roles` has both. */
export interface TrainingResult extends Omit<RoleResult, "role"> {
  readonly runId: string;
  /**
   * `svd_rmse`, `svd_rmse_sd`, `svd_mae`, `knn_basic_rmse`…, `best_rmse`, and `champion_rmse` when there was a champion.
   * Where lists are judged, too: `svd_ndcg`, `svd_recall`, `svd_catalogue_coverage`…; with a ranking model among them
   * `best_ndcg`, and `ranker_ndcg` when there was a ranker. `knn_rmse` and `dummy_rmse` are second names of the RMSE of
   * `knn-basic` and `normal-predictor`.
   */
  readonly metrics: Readonly<Record<string, number>>;
  /** Seconds: `svd_fit_seconds`, `svd_test_seconds`… of all folds together, `final_fit_seconds`, `total_seconds`. */
  readonly timings: Readonly<Record<string, number>>;
  readonly roles: readonly RoleResult[];
}

/**
 * Trains a registered model, from a snapshot to a champion:
 *
 * 1. leaves out inactive users and items, and draws samples, where it is asked to;
 * 2. cross-validates every algorithm on the same folds. Of those that estimate ratings, the one of lowest mean RMSE may
 *    become the champion; of those that rank, the one of highest mean NDCG@10 the ranker. An RMSE is never compared with
 *    an NDCG; but with a ranking model among them, the lists of all are judged, to be seen side by side;
 * 3. compares each with who has the role, on these folds, in pairs: its algorithm, with its options, is cross-validated
 *    here too. The recorded figure counts when the best is the holder's own recipe on newer data;
 * 4. if it is better (see `promotion.ts`): fits it, stores it with its cold start as a new version, and gives it the role,
 *    provided that it is still held by the one it was compared with. The audit has the verdict either way.
 *
 * The run remembers its parameters, figures by fold and in all, timings, what was done when (`log.txt`), the verdict
 * (`verdict.json`, `folds.csv`) and how it ended. When the work fails or is cancelled, the champion stays what it was.
 *
 * @throws invalid_input for an unknown algorithm or option, no algorithm or an impossible number of folds; analysis
 * when no error can be computed, or nobody is active enough; conflict when somebody else promoted meanwhile; aborted
 */
export async function train(request: TrainRequest): Promise<TrainingResult> {
  const start = performance.now();
  const plan = planTraining(request);
  const { tracker, tags, snapshot, now = () => new Date() } = plan;
  const experiment = request.experiment ?? "Film_Recommendation_Experiment";
  const { name, seed } = plan;
  const runId = await tracker.start({ experiment, name, snapshot, seed, ...(tags && { tags }) });
  const journal = trainingJournal(tracker, runId, now);
  try {
    await tracker.logParameters(runId, parametersOf(plan));
    await journal.note(
      `snapshot ${snapshot}, seed ${seed}: ${plan.table.length} ratings to compare models on`,
    );
    const roles = await run(plan, journal);
    await journal.time({ total_seconds: (performance.now() - start) / 1000 });
    const result = await conclude(journal, roles);
    await tracker.finish(runId, "finished", result.reason);
    return result;
  } catch (error) {
    const status = request.signal?.aborted ? "cancelled" : "failed";
    const message = error instanceof Error ? error.message : String(error);
    // What went wrong first is what the caller must hear.
    await journal.note(`${status}: ${message}`).catch(() => {});
    await tracker.finish(runId, status, message).catch(() => {});
    throw error;
  }
}

function parametersOf(plan: TrainingPlan): Record<string, string | number | boolean> {
  const { whole, samples, minUserRatings, minItemRatings, significance } = plan;
  return {
    models: plan.candidates.map(({ algorithm }) => algorithm).join(","),
    ratings: whole.length,
    users: whole.users.ids.length,
    items: whole.items.ids.length,
    active_ratings: plan.activeRatings,
    sample: plan.table.length,
    final_sample: plan.finalTable.length,
    ...(samples.knn !== undefined && { knn_sample: samples.knn }),
    ...(minUserRatings !== undefined && { min_user_ratings: minUserRatings }),
    ...(minItemRatings !== undefined && { min_item_ratings: minItemRatings }),
    folds: plan.folds,
    seed: plan.seed,
    margin: plan.margin,
    ...(significance !== undefined && { significance }),
    force: plan.force,
  };
}

async function run(plan: TrainingPlan, journal: TrainingJournal): Promise<RoleResult[]> {
  for (const recommender of plan.candidates) await measureCandidate(plan, recommender, journal);
  const results = [...journal.measured];
  const roles: RoleResult[] = [];
  for (const role of ["champion", "ranker"] as const) {
    const isRanking = role === "ranker";
    const own = results.filter(({ recommender }) => (recommender.kind === "ranking") === isRanking);
    if (own.length > 0) roles.push(await fillRole(plan, journal, role, own));
  }
  return roles;
}

/** Second names of an RMSE, which clients of this experiment look for. */
const secondNames: Readonly<Record<string, string>> = {
  "knn-basic": "knn_rmse",
  "normal-predictor": "dummy_rmse",
};

async function measureCandidate(
  plan: TrainingPlan,
  recommender: Recommender,
  journal: TrainingJournal,
): Promise<void> {
  const measured = await measure(plan, recommender);
  const figures = figuresOf(measured);
  const second = secondNames[recommender.algorithm];
  await journal.record({
    ...prefixed(measured, figures),
    ...(second !== undefined && figures.rmse !== undefined && { [second]: figures.rmse }),
  });
  await journal.time(prefixed(measured, timingsOf(measured)));
  await journal.recordFolds(measured);
  const said = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(4)}`);
  await journal.note(`${recommender.algorithm}: ${said.join(", ")}`);
}

function prefixed(measured: Measured, figures: Readonly<Record<string, number>>): Record<string, number> {
  const prefix = prefixOf(measured);
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix}_${name}`, value]));
}

/** Keeps the verdict with the run. */
async function conclude(journal: TrainingJournal, roles: readonly RoleResult[]): Promise<TrainingResult> {
  const { runId, metrics, timings, measured } = journal;
  const { role: _, ...first } = roles[0]!;
  const reason = roles.map((each) => each.reason).join("; ");
  const result: TrainingResult = { runId, ...first, reason, metrics, timings, roles };
  const folds = measured.flatMap((each) =>
    foldFigures(each).map((figures) => ({ model: each.recommender.algorithm, ...figures })),
  );
  const verdict = { ...trainingDocument(result), folds };
  await journal.attach("verdict.json", "application/json", `${JSON.stringify(verdict, null, 2)}\n`);
  await journal.attach("folds.csv", "text/csv; charset=utf-8", foldsCsv(measured));
  return result;
}
