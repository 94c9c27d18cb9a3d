import type { Id } from "@tamis/core";
import type { Contribution, Explanation } from "./recommender.ts";

/** A {@link Contribution} over numbered users and items. */
export type NumberedContribution =
  | { readonly item: number; readonly value: number }
  | { readonly user: number; readonly value: number }
  | { readonly term: string; readonly value: number };

/** Sums contributions up to a score, and puts the largest first. */
export function createExplanation(
  parts: readonly NumberedContribution[],
  users: readonly Id[],
  items: readonly Id[],
): Explanation {
  const contributions = parts.map((part): Contribution => {
    if ("item" in part) return { itemId: items[part.item]!, value: part.value };
    return "user" in part ? { userId: users[part.user]!, value: part.value } : part;
  });
  return {
    score: parts.reduce((sum, { value }) => sum + value, 0),
    contributions: contributions.sort((a, b) => b.value - a.value),
  };
}
