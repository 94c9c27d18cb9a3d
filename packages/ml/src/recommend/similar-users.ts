import { type Id, TamisError } from "@tamis/core";
import type { Model } from "../recommender.ts";
import { checkCount } from "./check-count.ts";
import { mostSimilar } from "./most-similar.ts";

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
  checkCount(n);
  if (!model.userSimilarity) {
    throw new TamisError("unsupported", `A ${model.algorithm} model does not relate users to each other.`);
  }
  if (!model.knowsUser(userId)) {
    throw new TamisError("not_found", `The model does not know user ${userId}.`, {
      details: { userId: String(userId) },
    });
  }
  const { users } = model.tensors();
  const found = mostSimilar(users, userId, n, (other) => model.userSimilarity!(userId, other));
  return found.map(({ itemId, score }) => ({ userId: itemId, score }));
}
