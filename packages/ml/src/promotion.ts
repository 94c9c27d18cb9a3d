import { TamisError } from "@tamis/core";

/**
 * What is compared, from the same folds: an error, in units of the scale (lower is better), or the NDCG@10 of lists
 * (higher is better). The one says nothing about the other.
 */
export type PromotionCandidate = { readonly rmse: number } | { readonly ndcg: number };

/** Who has the role now: the champion, by its RMSE, or the ranker, by its NDCG. */
export type PromotionChampion = PromotionCandidate & {
  readonly version: number;
  /** Why it cannot serve any more, e.g. `its file is missing`: then any candidate is better. */
  readonly broken?: string;
  /**
   * The candidate is the champion's own algorithm with its options, on newer data. On the same folds they would tie
   * for ever, so the figure is then the champion's own, from the data it was trained on: a refit that does better
   * replaces it, and worse data does not.
   */
  readonly isRefit?: boolean;
};

export interface PromotionRule {
  /** On how many folds both were measured. */
  readonly folds: number;
  /** How much better the candidate must be, in units of what is compared. @default 0: better at all */
  readonly margin?: number;
  /** Promote whatever the comparison says. @default false */
  readonly force?: boolean;
}

export interface PromotionDecision {
  readonly promoted: boolean;
  /** Promoted although the comparison said no. */
  readonly forced: boolean;
  /** A sentence with both numbers. */
  readonly reason: string;
}

/**
 * Decides whether a candidate takes the champion's place: when there is no champion, when the champion is broken,
 * when candidate RMSE < champion RMSE − margin on the same folds (a refit: than when the champion was trained), or when
 * it is forced. For the place of the ranker: candidate NDCG > ranker NDCG + margin.
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
  { folds, margin = 0, force = false }: PromotionRule,
): PromotionDecision {
  const { title, role, sign, value } = figureOf(candidate);
  if (champion === undefined) {
    const reason = `promoted: ${title} ${format(value)} on ${folds} folds; there was no ${role}`;
    return { promoted: true, forced: false, reason };
  }
  const present = figureOf(champion);
  if (present.title !== title) {
    throw new TamisError("invalid_input", `A ${title} cannot be compared with a ${present.title}.`);
  }
  const limit = sign === "<" ? present.value - margin : present.value + margin;
  const [own, its, needed] = formatApart(value, present.value, limit);
  const where = champion.isRefit
    ? "when it was trained, same algorithm and options"
    : `on the same ${folds} folds`;
  const numbers = `${title} ${own} vs ${role} v${champion.version} ${its} ${where}`;
  if (champion.broken !== undefined) {
    return { promoted: true, forced: false, reason: `promoted: ${numbers}; ${champion.broken}` };
  }
  if (sign === "<" ? value < limit : value > limit) {
    return { promoted: true, forced: false, reason: `promoted: ${numbers}` };
  }
  const needs = `needs ${sign} ${needed}`;
  if (force) return { promoted: true, forced: true, reason: `promoted by force: ${numbers}; ${needs}` };
  return { promoted: false, forced: false, reason: `not promoted: ${numbers}; ${needs}` };
}

function figureOf(of: PromotionCandidate) {
  return "rmse" in of
    ? ({ title: "RMSE", role: "champion", sign: "<", value: of.rmse } as const)
    : ({ title: "NDCG@10", role: "ranker", sign: ">", value: of.ndcg } as const);
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
