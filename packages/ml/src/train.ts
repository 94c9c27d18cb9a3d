import {
  type Item,
  type ModelCatalog,
  type ModelVersion,
  type ObjectStore,
  type OnProgress,
  type RatingTable,
  type RunTracker,
  TamisError,
  throwIfAborted,
} from "@tamis/core";
import { type CrossValidation, crossValidate } from "./evaluate/cross-validate.ts";
import { decide, type PromotionChampion } from "./promotion.ts";
import type { FitContext, ModelOptions, Recommender } from "./recommender.ts";
import { coldStart } from "./recommenders/cold-start.ts";
import { createRecommender } from "./recommenders.ts";
import { saveVersion } from "./registry.ts";
import { createTrainset } from "./trainset.ts";

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
  /** Algorithms to compare. @default ["svd", "knn-basic", "normal-predictor"] */
  readonly models?: readonly string[];
  /** Options by algorithm; those not named have their defaults. */
  readonly options?: Readonly<Record<string, ModelOptions>>;
  /** @default 3 */
  readonly folds?: number;
  /** Seed of the folds and of every fit. @default 42 */
  readonly seed?: number;
  /** How much better than the champion, in units of the scale. @default 0 */
  readonly margin?: number;
  /** Promote even when it is not better. @default false */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

export interface TrainingResult {
  readonly runId: string;
  /** The algorithm of lowest RMSE. */
  readonly best: string;
  /** `svd_rmse`, `svd_mae`, `knn_basic_rmse`…, `best_rmse`, and `champion_rmse` when there was a champion. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The new version; `null` when it was not promoted: then none is made. */
  readonly version: number | null;
  readonly promoted: boolean;
  readonly reason: string;
}

/**
 * Trains a registered model, from a snapshot to a champion:
 *
 * 1. cross-validates every algorithm on the same folds and takes the one of lowest mean RMSE;
 * 2. compares it with the champion on these folds. The champion's recorded figure counts when it comes from the same
 *    snapshot, folds and seed, or when the best is the champion's own recipe on newer data; else its algorithm, with its
 *    options, is cross-validated here too;
 * 3. if it is better (see `promotion.ts`): fits it on all ratings, stores it with its cold start as a new version, and
 *    makes that the champion, provided that the champion is still the one it was compared with.
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
  } = request;
  const plan: Plan = {
    ...request,
    name: request.model ?? "Best_Film_Recommender",
    folds: request.folds ?? 3,
    seed: request.seed ?? 42,
    margin: request.margin ?? 0,
    force: request.force ?? false,
    recommenders: [...new Set(models)].map((name) => createRecommender(name, options[name])),
  };
  if (plan.recommenders.length === 0) {
    throw new TamisError("invalid_input", "No model to train: name at least one, for example svd.");
  }
  const { name, folds, seed, margin, force } = plan;
  const experiment = request.experiment ?? "Film_Recommendation_Experiment";
  const runId = await tracker.start({ experiment, name, snapshot, seed });
  try {
    await tracker.logParameters(runId, {
      models: plan.recommenders.map(({ algorithm }) => algorithm).join(","),
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
interface Plan extends TrainRequest {
  readonly name: string;
  readonly folds: number;
  readonly seed: number;
  readonly margin: number;
  readonly force: boolean;
  readonly recommenders: readonly Recommender[];
}

async function run(plan: Plan, runId: string): Promise<TrainingResult> {
  const { tracker, catalog, name } = plan;
  const metrics: Record<string, number> = {};
  const record = async (more: Record<string, number>) => {
    Object.assign(metrics, more);
    await tracker.logMetrics(runId, more);
  };

  const results: Result[] = [];
  for (const recommender of plan.recommenders) {
    const measured = await measure(plan, recommender);
    const prefix = recommender.algorithm.replaceAll("-", "_");
    await record({ [`${prefix}_rmse`]: measured.rmse.mean, [`${prefix}_mae`]: measured.mae.mean });
    results.push({ recommender, measured });
  }
  const best = results.reduce((a, b) => (b.measured.rmse.mean < a.measured.rmse.mean ? b : a));
  const { rmse, mae } = best.measured;
  await record({ best_rmse: rmse.mean });

  const champion = await catalog.find(name, "champion");
  const opponent = champion && (await measureChampion(plan, champion, results, best));
  if (opponent) await record({ champion_rmse: opponent.rmse });
  const { promoted, forced, reason } = decide({ rmse: rmse.mean }, opponent, plan);
  const { algorithm, options } = best.recommender;
  const verdict = {
    best_algorithm: algorithm,
    best_options: JSON.stringify(options),
    is_best: promoted,
    forced,
  };
  await tracker.logParameters(runId, verdict);

  const version = promoted
    ? await promote(
        plan,
        runId,
        best.recommender,
        { rmse: rmse.mean, rmse_sd: rmse.sd, mae: mae.mean, folds: plan.folds },
        champion,
      )
    : null;
  return { runId, best: algorithm, metrics, version, promoted, reason };
}

interface Result {
  readonly recommender: Recommender;
  readonly measured: CrossValidation;
}

async function measure(plan: Plan, recommender: Recommender): Promise<CrossValidation> {
  const { table, folds, seed } = plan;
  const measured = await crossValidate(table, recommender, { folds, seed, ...contextOf(plan, recommender) });
  if (Number.isFinite(measured.rmse.mean)) return measured;
  throw new TamisError(
    "analysis",
    `${recommender.algorithm}: its error cannot be computed (${measured.rmse.mean}); use other options or more ratings.`,
  );
}

async function measureChampion(
  plan: Plan,
  champion: ModelVersion,
  results: readonly Result[],
  best: Result,
): Promise<PromotionChampion> {
  const { snapshot, folds, seed, objects } = plan;
  const file = await objects.get(champion.objectKey, { range: { start: 0, length: 1 } });
  const recommender = createRecommender(champion.algorithm, champion.options);
  const isSame = (result: Result) => recipeOf(result.recommender) === recipeOf(recommender);
  const known = { version: champion.version, ...(file === undefined && { broken: "its file is missing" }) };

  const isSnapshot = champion.snapshot === snapshot;
  const { rmse, folds: itsFolds } = champion.metrics;
  if (isSnapshot && itsFolds === folds && champion.seed === seed && rmse !== undefined)
    return { ...known, rmse };
  if (!isSnapshot && isSame(best) && rmse !== undefined) return { ...known, rmse, isRefit: true };
  const measured = results.find(isSame)?.measured ?? (await measure(plan, recommender));
  return { ...known, rmse: measured.rmse.mean };
}

function recipeOf({ algorithm, options }: Recommender): string {
  return JSON.stringify([algorithm, options]);
}

async function promote(
  plan: Plan,
  runId: string,
  recommender: Recommender,
  metrics: Readonly<Record<string, number>>,
  champion: ModelVersion | undefined,
): Promise<number> {
  const { table, items, catalog, name, snapshot, seed, signal } = plan;
  const model = await recommender.fit(createTrainset(table), { seed, ...contextOf(plan, recommender) });
  throwIfAborted(signal);
  const { version } = await saveVersion(plan, {
    name,
    runId,
    model,
    coldStart: coldStart(table, items),
    snapshot,
    metrics,
    ...(signal && { signal }),
  });
  await catalog.promote(name, version, champion?.version ?? null);
  return version;
}

function contextOf(
  { signal, onProgress }: Plan,
  { algorithm }: Recommender,
): Pick<FitContext, "signal" | "onProgress"> {
  return {
    ...(signal && { signal }),
    ...(onProgress && {
      onProgress: (progress) => onProgress({ ...progress, phase: `${algorithm}, ${progress.phase}` }),
    }),
  };
}
