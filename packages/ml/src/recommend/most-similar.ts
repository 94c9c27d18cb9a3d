import { canonicalId, type Id } from "@tamis/core";
import { type TopItem, topItems } from "./top-items.ts";

/**
 * The `n` of some ids that are most like one of them, most similar first, without it; at equal similarity the lower
 * id first. Those of similarity 0 or less are left out.
 */
export function mostSimilar(
  ids: readonly Id[],
  id: Id,
  n: number,
  similarityOf: (other: Id) => number,
): TopItem[] {
  const scores = Float64Array.from(ids, (other) => {
    const similarity = similarityOf(other);
    return similarity > 0 ? similarity : Number.NaN;
  });
  return topItems(ids, scores, n, new Set([canonicalId(id)]));
}
