import { type ModelRole, type ModelVersion, throwIfAborted } from "@tamis/core";
import { contextOf, figuresOf, type Measured, measure } from "./measure-recommender.ts";
import { decide, type PromotionCandidate, type PromotionChampion } from "./promotion.ts";
import type { Recommender } from "./recommender.ts";
import { coldStart } from "./recommenders/cold-start.ts";
import { createRecommender } from "./recommenders.ts";
import { saveVersion } from "./registry.ts";
import type { TrainingPlan } from "./training-plan.ts";
import { createTrainset } from "./trainset.ts";

/** What became of one role. */
export interface RoleResult {
  /** `champion`: of models of ratings, by RMSE. `ranker`: of ranking models, by NDCG@10. */
  readonly role: ModelRole;
  /** The best algorithm. */
  readonly best: string;
  /** The new version; `null` when it was not promoted: then none is made. */
  readonly version: number | null;
  readonly promoted: boolean;
  /** Promoted although the comparison said no. */
  readonly forced: boolean;
  readonly reason: string;
}

/** The figure that a role goes by, and what its parameters are called in a run. */
const rules = {
  champion: { metric: "rmse", isBetter: (a: number, b: number) => a < b, prefix: "" },
  ranker: { metric: "ndcg", isBetter: (a: number, b: number) => a > b, prefix: "ranker_" },
} as const;

/** Takes the best of the candidates for a role and, if it beats who has the role, fits it and gives it the role. */
export async function fillRole(
  plan: TrainingPlan,
  runId: string,
  role: ModelRole,
  candidates: readonly Measured[],
  record: (metrics: Record<string, number>) => Promise<void>,
): Promise<RoleResult> {
  const { metric, isBetter, prefix } = rules[role];
  const valueIn = (measured: Measured) => figuresOf(measured)[metric]!;
  const best = candidates.reduce((a, b) => (isBetter(valueIn(b), valueIn(a)) ? b : a));
  const value = valueIn(best);
  await record({ [`best_${metric}`]: value });

  const holder = await plan.catalog.find(plan.name, role);
  const opponent = holder && (await measureHolder(plan, role, holder, candidates, best));
  if (opponent) await record({ [`${role}_${metric}`]: opponent.value });
  const { promoted, forced, reason } = decide(figure(role, value), opponent?.holder, {
    ...plan,
    margin: role === "champion" ? plan.margin : 0,
  });
  const { algorithm, options } = best.recommender;
  const own = prefix || "best_";
  await plan.tracker.logParameters(runId, {
    [`${own}algorithm`]: algorithm,
    [`${own}options`]: JSON.stringify(options),
    [`${prefix}is_best`]: promoted,
    [`${prefix}forced`]: forced,
  });
  const version = promoted ? await promote(plan, runId, role, best, holder) : null;
  return { role, best: algorithm, version, promoted, forced, reason };
}

function figure(role: ModelRole, value: number): PromotionCandidate {
  return role === "champion" ? { rmse: value } : { ndcg: value };
}

/** Who has the role, with the figure that the candidate must beat. */
async function measureHolder(
  plan: TrainingPlan,
  role: ModelRole,
  holder: ModelVersion,
  candidates: readonly Measured[],
  best: Measured,
): Promise<{ value: number; holder: PromotionChampion }> {
  const { metric } = rules[role];
  const broken = await whyBroken(plan, holder);
  const known = { version: holder.version, ...(broken && { broken }) };
  const recipe =
    plan.own.find(({ algorithm }) => algorithm === holder.algorithm) ??
    createRecommender(holder.algorithm, holder.options);
  const isSame = (measured: Measured) => recipeOf(measured.recommender) === recipeOf(recipe);

  const isSnapshot = holder.snapshot === plan.snapshot;
  const isSameTest = isSnapshot && holder.metrics.folds === plan.folds && holder.seed === plan.seed;
  const recorded = holder.metrics[metric];
  const isRefit = !isSnapshot && isSame(best);
  if (recorded !== undefined && (isSameTest || isRefit)) {
    return {
      value: recorded,
      holder: { ...known, ...figure(role, recorded), ...(isRefit && { isRefit }) },
    };
  }
  const measured = candidates.find(isSame) ?? (await measure(plan, recipe, { lists: role === "ranker" }));
  const value = figuresOf(measured)[metric]!;
  return { value, holder: { ...known, ...figure(role, value) } };
}

async function whyBroken({ objects }: TrainingPlan, holder: ModelVersion): Promise<string | undefined> {
  const file = await objects.get(holder.objectKey, { range: { start: 0, length: 1 } });
  if (file === undefined) return "its file is missing";
  return holder.metrics.needs_training ? "it forgot somebody and waited for training" : undefined;
}

function recipeOf({ algorithm, options }: Recommender): string {
  return JSON.stringify([algorithm, options]);
}

async function promote(
  plan: TrainingPlan,
  runId: string,
  role: ModelRole,
  best: Measured,
  holder: ModelVersion | undefined,
): Promise<number> {
  const { table, items, catalog, name, snapshot, seed, folds, signal } = plan;
  const { recommender, accuracy } = best;
  const model = await recommender.fit(createTrainset(table), { seed, ...contextOf(plan, recommender) });
  throwIfAborted(signal);
  const { version } = await saveVersion(plan, {
    name,
    runId,
    role,
    model,
    coldStart: coldStart(table, items),
    snapshot,
    metrics: { ...figuresOf(best), ...(accuracy && { rmse_sd: accuracy.rmse.sd }), folds },
    ...(signal && { signal }),
  });
  await catalog.promote(name, version, holder?.version ?? null, role);
  return version;
}
