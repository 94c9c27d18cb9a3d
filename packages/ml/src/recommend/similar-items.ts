import { type Id, TamisError } from "@tamis/core";
import type { Model } from "../recommender.ts";
import { checkCount } from "./check-count.ts";
import { mostSimilar } from "./most-similar.ts";
import type { TopItem } from "./top-items.ts";

/**
 * The `n` items that a model holds most like an item, most similar first, without the item itself; at equal similarity the
 * lower id first. Items that have nothing in common with it (similarity 0 or less) are left out.
 *
 * @returns items with their similarity as `score`; what it means is the algorithm's matter
 * @throws invalid_input when `n` is not a whole number of 0 or more; not_found for an item that the model does not
 * know; unsupported when its algorithm does not relate items to each other
 *
 * @example
 * similarItems(model, 1, 5); // [{ itemId: 3114, score: 0.92 }, …]
 */
export function similarItems(model: Model, itemId: Id, n: number): TopItem[] {
  checkCount(n);
  if (!model.similarity) {
    throw new TamisError("unsupported", `A ${model.algorithm} model does not relate items to each other.`);
  }
  if (!model.knowsItem(itemId)) {
    throw new TamisError("not_found", `The model does not know item ${itemId}: nobody had rated it.`, {
      details: { itemId: String(itemId) },
    });
  }
  return mostSimilar(model.itemIds, itemId, n, (other) => model.similarity!(itemId, other));
}
