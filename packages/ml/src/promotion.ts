import { TamisError } from "@tamis/core";
import type { PairedComparison } from "./evaluate/compare.ts";

/**
 * What is compared, from the same folds: an error, in units of the scale (lower is better), or the NDCG@10 of lists
 * (higher is better). The one says nothing about the other; `lists` of a model of ratings only guard it.
 */
export type PromotionCandidate =
  | { readonly rmse: number; readonly lists?: ListFigures | undefined }
  | { readonly ndcg: number };

/** How good lists of ten are. */
export interface ListFigures {
  readonly ndcg: number;
  /** Distinct items recommended / items of the catalogue. */
  readonly catalogueCoverage: number;
}

/** Who has the role now: the champion, by its RMSE, or the ranker, by its NDCG. */
export type PromotionChampion = PromotionCandidate & {
  readonly version: number;
  /** How much higher the candidate's figure is than the champion's, user by user, where both were measured here. */
  readonly comparison?: PairedComparison | undefined;
  /** Why it cannot serve any more, e.g. `its file is missing`: then any candidate is better. */
  readonly broken?: string | undefined;
  /**
   * The candidate is the champion's own algorithm with its options, on newer data. On the same folds they would tie
   * for ever, so the figure is then the champion's own, from the data it was trained on: a refit that does better
   * replaces it, and worse data does not.
   */
  readonly isRefit?: boolean;
};

/**
 * The least that a candidate's lists must reach, as a share of what the champion's do; 0 asks for nothing. By default
 * they keep what has a worth from collapsing: errors that are a little smaller often come with lists that are somewhat
 * worse.
 */
export interface PromotionGuards {
  /** @default 0.25 */
  readonly ndcg?: number | undefined;
  /** Of a champion whose own NDCG@10 is not below the share of the candidate's: chance, too, covers much. @default 0.25 */
  readonly catalogueCoverage?: number | undefined;
}

export interface PromotionRule {
  /** On how many folds both were measured. */
  readonly folds: number;
  /** How much better the candidate must be, in units of what is compared. @default 0: better at all */
  readonly margin?: number | undefined;
  /** The p-value that the difference must stay below, e.g. 0.05, where both were measured. @default none is asked for */
  readonly significance?: number | undefined;
  /** Of a candidate for champion, where the lists of both were measured. */
  readonly guards?: PromotionGuards | undefined;
  /** Promote whatever the comparison says. @default false */
  readonly force?: boolean | undefined;
}

export interface PromotionDecision {
  readonly promoted: boolean;
  /** Promoted although the comparison said no. */
  readonly forced: boolean;
  /** A sentence with both numbers. */
  readonly reason: string;
}

/** Guards with what was left out. */
export function guardsOf({ ndcg = 0.25, catalogueCoverage = 0.25 }: PromotionGuards = {}) {
  return { ndcg, catalogueCoverage };
}

/**
 * Decides whether a candidate takes the champion's place: when there is no champion, when the champion is broken,
 * when it is forced, or when all of this holds:
 *
 * - candidate RMSE < champion RMSE − margin on the same folds (a refit: than when the champion was trained); for the
 *   place of the ranker, candidate NDCG > ranker NDCG + margin;
 * - where a significance is asked for: p < significance;
 * - the candidate's lists keep the stated shares of the champion's NDCG@10 and catalogue coverage: an RMSE can be
 *   lowered by a model that recommends the same ten items to everybody.
 *
 * @throws invalid_input when one is known by its RMSE and the other by its NDCG
 *
 * @example
 * decide({ rmse: 0.9412 }, { version: 3, rmse: 0.9388 }, { folds: 3 }).reason;
 * // "not promoted: RMSE 0.9412 vs champion v3 0.9388 on the same 3 folds; needs < 0.9388"
 */
export function decide(
  candidate: PromotionCandidate,
  champion: PromotionChampion | undefined,
  rule: PromotionRule,
): PromotionDecision {
  const { folds, margin = 0, force = false } = rule;
  const { title, role, sign, value } = figureOf(candidate);
  if (champion === undefined)
    return promoted(`${title} ${format(value)} on ${folds} folds; there was no ${role}`);
  const present = figureOf(champion);
  if (present.title !== title) {
    throw new TamisError("invalid_input", `A ${title} cannot be compared with a ${present.title}.`);
  }
  const limit = sign === "<" ? present.value - margin : present.value + margin;
  const [own, its, needed] = formatApart(value, present.value, limit);
  const where = champion.isRefit
    ? "when it was trained, same algorithm and options"
    : `on the same ${folds} folds`;
  const numbers = `${title} ${own} vs ${role} v${champion.version} ${its} ${where}${tested(champion)}`;
  if (champion.broken !== undefined) return promoted(`${numbers}; ${champion.broken}`);
  const isBetter = sign === "<" ? value < limit : value > limit;
  const needs = [
    ...(isBetter ? [] : [`${sign} ${needed}`]),
    ...insignificant(champion, rule),
    ...unguarded(candidate, champion, rule.guards),
  ];
  if (needs.length === 0) return promoted(numbers);
  const reason = `${numbers}; needs ${needs.join(" and ")}`;
  if (force) return { promoted: true, forced: true, reason: `promoted by force: ${reason}` };
  return { promoted: false, forced: false, reason: `not promoted: ${reason}` };
}

function promoted(why: string): PromotionDecision {
  return { promoted: true, forced: false, reason: `promoted: ${why}` };
}

function figureOf(of: PromotionCandidate) {
  return "rmse" in of
    ? ({ title: "RMSE", role: "champion", sign: "<", value: of.rmse } as const)
    : ({ title: "NDCG@10", role: "ranker", sign: ">", value: of.ndcg } as const);
}

function tested({ comparison }: PromotionChampion): string {
  if (comparison === undefined) return "";
  const [mean, low, high] = [comparison.mean, comparison.low, comparison.high].map((value) => format(value));
  const users = comparison.pairs.toLocaleString("en-US");
  return ` (difference ${mean}, 95 % ${low} to ${high}, p = ${format(comparison.pValue)}, ${users} users)`;
}

function insignificant({ comparison }: PromotionChampion, { significance }: PromotionRule): string[] {
  if (comparison === undefined || significance === undefined) return [];
  return comparison.pValue < significance ? [] : [`p < ${significance}`];
}

function unguarded(
  candidate: PromotionCandidate,
  champion: PromotionChampion,
  guards: PromotionGuards | undefined,
): string[] {
  if (!("rmse" in candidate && "rmse" in champion)) return [];
  const [own, its] = [candidate.lists, champion.lists];
  if (own === undefined || its === undefined) return [];
  const { ndcg, catalogueCoverage } = guardsOf(guards);
  const covers = its.ndcg >= ndcg * own.ndcg ? catalogueCoverage : 0;
  return [
    ...below("NDCG@10", own.ndcg, its.ndcg, ndcg),
    ...below("catalogue coverage", own.catalogueCoverage, its.catalogueCoverage, covers),
  ];
}

function below(what: string, own: number, its: number, share: number): string[] {
  if (own >= share * its) return [];
  const [value, least] = formatApart(own, share * its);
  return [`${what} ≥ ${least} (${round(100 * share)} % of the champion's), not ${value}`];
}

/** Four decimals, or as many as it takes to tell different numbers apart. */
function formatApart(...values: readonly number[]): string[] {
  const distinct = new Set(values).size;
  for (let digits = 4; digits < 16; digits++) {
    const texts = values.map((value) => format(value, digits));
    if (new Set(texts).size === distinct) return texts;
  }
  return values.map(String);
}

function format(value: number, digits = 4): string {
  return value.toFixed(digits);
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
