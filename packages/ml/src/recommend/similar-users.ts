import { canonicalId, type Id, TamisError } from "@tamis/core";
import type { Model } from "../recommender.ts";
import { topItems } from "./top-items.ts";

/** Somebody like another user. */
export interface SimilarUser {
  readonly userId: Id;
  /** 1 the same, and above 0; what it means is the algorithm's matter. */
  readonly score: number;
}

/**
 * The `n` users that a model holds most like a user, most similar first, without the user themselves; at equal
 * similarity the lower id first. Users who have nothing in common with them (similarity 0 or less) are left out.
 *
 * Who is like whom is personal data: an answer for those who run the service, not for those who use it.
 *
 * @throws invalid_input when `n` is not a whole number of 0 or more; not_found for a user that the model does not
 * know; unsupported when its algorithm does not relate users to each other
 *
 * @example
 * similarUsers(model, 1, 5); // [{ userId: 217, score: 0.81 }, …]
 */
export function similarUsers(model: Model, userId: Id, n: number): SimilarUser[] {
  if (!Number.isSafeInteger(n) || n < 0) {
    throw new TamisError("invalid_input", `n is ${n}; it must be a whole number of 0 or more.`);
  }
  if (!model.userSimilarity) {
    throw new TamisError("unsupported", `A ${model.algorithm} model does not relate users to each other.`);
  }
  if (!model.knowsUser(userId)) {
    throw new TamisError("not_found", `The model does not know user ${userId}.`, {
      details: { userId: String(userId) },
    });
  }
  const { users } = model.tensors();
  const scores = Float64Array.from(users, (other) => {
    const similarity = model.userSimilarity!(userId, other);
    return similarity > 0 ? similarity : Number.NaN;
  });
  const found = topItems(users, scores, n, new Set([canonicalId(userId)]));
  return found.map(({ itemId, score }) => ({ userId: itemId, score }));
}
