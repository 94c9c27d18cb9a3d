/** What is compared: an error on the same folds, in units of the scale. Lower is better. */
export interface PromotionCandidate {
  readonly rmse: number;
}

export interface PromotionChampion {
  readonly version: number;
  readonly rmse: number;
  /** Why it cannot serve any more, e.g. `its file is missing`: then any candidate is better. */
  readonly broken?: string;
  /**
   * The candidate is the champion's own algorithm with its options, on newer data. On the same folds they would tie
   * for ever, so `rmse` is then the champion's own figure, from the data it was trained on: a refit that does better
   * replaces it, and worse data does not.
   */
  readonly isRefit?: boolean;
}

export interface PromotionRule {
  /** On how many folds both were measured. */
  readonly folds: number;
  /** How much better the candidate must be, in units of the scale. @default 0: better at all */
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
 * it is forced.
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
  if (champion === undefined) {
    const reason = `promoted: RMSE ${format(candidate.rmse)} on ${folds} folds; there was no champion`;
    return { promoted: true, forced: false, reason };
  }
  const limit = champion.rmse - margin;
  const [own, its, needed] = formatApart(candidate.rmse, champion.rmse, limit);
  const where = champion.isRefit
    ? "when it was trained, same algorithm and options"
    : `on the same ${folds} folds`;
  const numbers = `RMSE ${own} vs champion v${champion.version} ${its} ${where}`;
  if (champion.broken !== undefined) {
    return { promoted: true, forced: false, reason: `promoted: ${numbers}; ${champion.broken}` };
  }
  if (candidate.rmse < limit) return { promoted: true, forced: false, reason: `promoted: ${numbers}` };
  if (force) {
    return { promoted: true, forced: true, reason: `promoted by force: ${numbers}; needs < ${needed}` };
  }
  return { promoted: false, forced: false, reason: `not promoted: ${numbers}; needs < ${needed}` };
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
