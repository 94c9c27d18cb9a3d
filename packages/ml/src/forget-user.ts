import type { Id, ModelRole, ModelVersion, RunTracker } from "@tamis/core";
import { TamisError } from "@tamis/core";
import type { DefinedRecommender } from "./define-recommender.ts";
import { loadVersion, type Registry, saveVersion } from "./registry.ts";

export interface ForgetRequest extends Registry {
  readonly tracker: RunTracker;
  readonly userId: Id;
  /** Name of the registered model. @default "Best_Film_Recommender" */
  readonly model?: string;
  /** Experiment that the runs belong to. @default "Film_Recommendation_Experiment" */
  readonly experiment?: string;
  /** Who asked for it, for the audit. @default "program" */
  readonly actor?: string;
  /** Those of {@link defineRecommender} whose models may be in use. */
  readonly recommenders?: readonly DefinedRecommender[];
}

/** What became of one model in use. */
export interface ForgottenUser {
  readonly role: ModelRole;
  readonly algorithm: string;
  /** The version that knew the user. */
  readonly from: number;
  /** The version without the user, which has the role now. */
  readonly version: number;
  /** See `Model.forget`: otherwise traces are left, and the version is marked for training (`needs_training`). */
  readonly exact: boolean;
}

/**
 * Takes a user out of the models in use, champion and ranker: each that knows them is replaced by a new version without
 * them. Where that is not exactly what training without them would have given, the new version is marked, and the next
 * training replaces it whatever the figures say.
 *
 * Only these models: earlier versions, the counts of the cold start, the ratings and the snapshots still hold the user,
 * so that a training on the same data learns them anew.
 *
 * @returns one entry for each model that knew the user; none when no model did
 * @throws unsupported when the algorithm cannot forget: train again without the user
 * @throws conflict when somebody promoted meanwhile; and what the stores throw
 */
export async function forgetUser(request: ForgetRequest): Promise<ForgottenUser[]> {
  const { catalog, model: name = "Best_Film_Recommender" } = request;
  const forgotten: ForgottenUser[] = [];
  for (const role of ["champion", "ranker"] as const) {
    const version = await catalog.find(name, role);
    const done = version && (await forgetIn(request, role, version));
    if (done) forgotten.push(done);
  }
  return forgotten;
}

async function forgetIn(
  request: ForgetRequest,
  role: ModelRole,
  version: ModelVersion,
): Promise<ForgottenUser | undefined> {
  const { objects, catalog, tracker, userId, recommenders, actor = "program" } = request;
  const { model, coldStart } = await loadVersion(objects, version, recommenders);
  const { model: name, snapshot, seed, algorithm } = version;
  if (!model.knowsUser(userId)) return undefined;
  if (!model.forget) {
    throw new TamisError(
      "unsupported",
      `Version ${version.version} is a ${algorithm} model, which cannot forget anybody. Train again without the user.`,
      { details: { algorithm } },
    );
  }
  const experiment = request.experiment ?? "Film_Recommendation_Experiment";
  const runId = await tracker.start({ experiment, name, snapshot, seed });
  try {
    const { model: rest, exact } = await model.forget(userId);
    const marked = !exact || version.metrics.needs_training === 1;
    const metrics = { ...version.metrics, ...(marked && { needs_training: 1 }) };
    const saved = await saveVersion(request, {
      name,
      runId,
      role,
      model: rest,
      coldStart,
      snapshot,
      metrics,
    });
    // Who it was is nobody's business here.
    const reason = `a user was taken out of version ${version.version}`;
    await catalog.promote(name, saved.version, version.version, { role, actor, reason, runId });
    await tracker.finish(runId, "finished", reason);
    return { role, algorithm, from: version.version, version: saved.version, exact };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await tracker.finish(runId, "failed", message).catch(() => {});
    throw error;
  }
}
