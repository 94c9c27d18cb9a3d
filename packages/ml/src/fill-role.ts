import { type ModelRole, type ModelVersion, type PromotionRecord, throwIfAborted } from "@tamis/core";
import { type ComparisonOptions, compareRankings, type PairedComparison } from "./evaluate/compare.ts";
import { compareRmse } from "./evaluate/compare-rmse.ts";
import { contextOf, figuresOf, type Measured, measure, measureLists } from "./measure-recommender.ts";
import {
  decide,
  guardsOf,
  type PromotionCandidate,
  type PromotionChampion,
  type PromotionDecision,
} from "./promotion.ts";
import type { Recommender } from "./recommender.ts";
import { coldStart } from "./recommenders/cold-start.ts";
import { createRecommender } from "./recommenders.ts";
import { saveVersion, whyBroken } from "./registry.ts";
import type { TrainingJournal } from "./training-journal.ts";
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
  journal: TrainingJournal,
  role: ModelRole,
  candidates: readonly Measured[],
): Promise<RoleResult> {
  const { metric, isBetter, prefix } = rules[role];
  const valueIn = (measured: Measured) => figuresOf(measured)[metric]!;
  const best = candidates.reduce((a, b) => (isBetter(valueIn(b), valueIn(a)) ? b : a));
  await journal.record({ [`best_${metric}`]: valueIn(best) });

  const holder = await plan.catalog.find(plan.name, role);
  const opponent = holder && (await measureHolder(plan, role, holder, candidates, best));
  if (opponent) {
    const { champion } = opponent;
    await journal.record({
      [`${role}_${metric}`]: "rmse" in champion ? champion.rmse : champion.ndcg,
      ...(champion.comparison && { [`${role}_p_value`]: champion.comparison.pValue }),
    });
  }
  const { promoted, forced, reason } = await verdict(plan, journal, role, best, opponent);
  await journal.note(`${role}: ${reason}`);
  const { algorithm, options } = best.recommender;
  const own = prefix || "best_";
  await plan.tracker.logParameters(journal.runId, {
    [`${own}algorithm`]: algorithm,
    [`${own}options`]: JSON.stringify(options),
    [`${prefix}is_best`]: promoted,
    [`${prefix}forced`]: forced,
  });
  const record = { role, actor: plan.actor, reason, runId: journal.runId, forced };
  const version = promoted ? await promote(plan, journal, best, holder, record) : null;
  if (!promoted) await plan.catalog.refuse(plan.name, record);
  return { role, best: algorithm, version, promoted, forced, reason };
}

function figure(role: ModelRole, measured: Measured): PromotionCandidate {
  const { rmse, ndcg } = figuresOf(measured);
  return role === "champion" ? { rmse: rmse!, lists: measured.lists?.metrics } : { ndcg: ndcg! };
}

/** Lists take long to judge, so those that guard a role are looked at when nothing else is against the candidate. */
async function verdict(
  plan: TrainingPlan,
  journal: TrainingJournal,
  role: ModelRole,
  best: Measured,
  opponent: Opponent | undefined,
): Promise<PromotionDecision> {
  const rule = { ...plan, margin: role === "champion" ? plan.margin : 0 };
  const candidate = figure(role, best);
  const decision = decide(candidate, opponent?.champion, rule);
  const { ndcg, catalogueCoverage } = guardsOf(plan.guards);
  const guarded = ndcg > 0 || catalogueCoverage > 0;
  const isOpen = decision.promoted && !decision.forced && opponent?.champion.broken === undefined;
  if (!(isOpen && guarded && opponent?.measured && "rmse" in candidate) || candidate.lists) return decision;
  const { metrics: own } = await measureLists(plan, best.recommender);
  const { metrics: its } = await measureLists(plan, opponent.measured.recommender);
  await journal.record({
    best_catalogue_coverage: own.catalogueCoverage,
    best_list_ndcg: own.ndcg,
    champion_catalogue_coverage: its.catalogueCoverage,
    champion_list_ndcg: its.ndcg,
  });
  return decide({ ...candidate, lists: own }, { ...opponent.champion, lists: its }, rule);
}

/** Who has the role. */
interface Opponent {
  /** With the figure that the candidate must beat. */
  readonly champion: PromotionChampion;
  /** On the same folds as the candidate, unless the figure is a recorded one. */
  readonly measured?: Measured;
}

async function measureHolder(
  plan: TrainingPlan,
  role: ModelRole,
  holder: ModelVersion,
  candidates: readonly Measured[],
  best: Measured,
): Promise<Opponent> {
  const known = { version: holder.version, broken: await whyBroken(plan.objects, holder) };
  const recipe =
    plan.own.find(({ algorithm }) => algorithm === holder.algorithm) ??
    createRecommender(holder.algorithm, holder.options);
  const isSame = (measured: Measured) => recipeOf(measured.recommender) === recipeOf(recipe);

  const recorded = holder.metrics[rules[role].metric];
  if (recorded !== undefined && holder.snapshot !== plan.snapshot && isSame(best)) {
    const figures = role === "champion" ? { rmse: recorded } : { ndcg: recorded };
    return { champion: { ...known, ...figures, isRefit: true } };
  }
  const measured = candidates.find(isSame) ?? (await measure(plan, recipe));
  const comparison = measured === best ? undefined : compare(role, best, measured, plan.seed);
  return { champion: { ...known, ...figure(role, measured), comparison }, measured };
}

/** Drawn often enough for a p-value of .001, seldom enough for a hundred thousand users. */
const resamples = 2_000;

function compare(role: ModelRole, best: Measured, holder: Measured, seed: number): PairedComparison {
  const options: ComparisonOptions = { resamples, seed };
  return role === "champion"
    ? compareRmse(best.accuracy!, holder.accuracy!, options)
    : compareRankings(best.lists!, holder.lists!, "ndcg", options);
}

function recipeOf({ algorithm, options }: Recommender): string {
  return JSON.stringify([algorithm, options]);
}

/** Fits the best on the ratings for it and gives it the role. */
async function promote(
  plan: TrainingPlan,
  journal: TrainingJournal,
  best: Measured,
  holder: ModelVersion | undefined,
  record: PromotionRecord & { readonly role: ModelRole },
): Promise<number> {
  const { finalTable, whole, items, catalog, name, snapshot, seed, folds, signal } = plan;
  const { role } = record;
  const start = performance.now();
  const model = await best.recommender.fit(createTrainset(finalTable), {
    seed,
    ...contextOf(plan, best.recommender),
  });
  await journal.time({ [`${rules[role].prefix}final_fit_seconds`]: (performance.now() - start) / 1000 });
  throwIfAborted(signal);
  const { version, objectKey } = await saveVersion(plan, {
    name,
    runId: journal.runId,
    role,
    model,
    coldStart: coldStart(whole, items),
    snapshot,
    metrics: { ...figuresOf(best), folds },
    ...(signal && { signal }),
  });
  await journal.note(`version ${version}: ${finalTable.length} ratings learnt, stored as ${objectKey}`);
  await catalog.promote(name, version, holder?.version ?? null, record);
  await journal.note(`version ${version} is ${role}`);
  return version;
}
