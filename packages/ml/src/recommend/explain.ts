import type { Id, Item } from "@tamis/core";
import type { History, Model } from "../recommender.ts";
import type { ColdStartPick } from "../recommenders/cold-start.ts";

/** Says in a sentence why an item is recommended. */
export type Explain = (itemId: Id, score: number) => string;

/**
 * Explains recommendations of a model: the predicted rating, and from what. Where the model relates items, the two
 * items most like it among those the person rated at or above their own mean; else how many neighbours or ratings it
 * rests on. Of somebody the model does not know it says that they were folded in.
 *
 * @example
 * explainModel(model, userId, history, items)(318, 4.63);
 * // "predicted 4.6: like “Heat (1995)”, which you rated 5, and “Alien (1979)”, which you rated 4.5"
 */
export function explainModel(
  model: Model,
  userId: Id,
  history: History,
  items: ReadonlyMap<Id, Item> | undefined,
): Explain {
  const mean = history.reduce((sum, { rating }) => sum + rating, 0) / history.length;
  const liked = model.similarity ? history.filter(({ rating }) => rating >= mean) : [];

  const folded = model.knowsUser(userId) ? "" : ` (folded in from ${counted(history.length, "rating")})`;

  return (itemId, score) => {
    const predicted = `predicted ${score.toFixed(1)}${folded}`;
    const alike = mostSimilar(model, itemId, liked).map(
      (entry) => `${titleOf(entry.itemId, items)}, which you rated ${entry.rating}`,
    );
    if (alike.length > 0) return `${predicted}: like ${alike.join(", and ")}`;
    if (history.length === 0 || folded !== "") return predicted;
    const { neighbours } = model.predict(userId, itemId);
    if (neighbours !== undefined) return `${predicted} from ${counted(neighbours, "close neighbour")}`;
    return `${predicted} from ${counted(history.length, "rating")} of yours`;
  };
}

/**
 * Explains what a cold start picked: the genre it was chosen for, if any, and what others think of the item.
 *
 * @example
 * explainColdStart(pick); // "you rate Drama 4.4 on average; 315 people rate it 4.5"
 */
export function explainColdStart({ genre, ratings, average, year }: ColdStartPick): string {
  if (genre) {
    const others = `${ratings === 1 ? "1 person rates" : `${ratings} people rate`} it ${average.toFixed(1)}`;
    return `you rate ${genre.name} ${genre.average.toFixed(1)} on average; ${others}`;
  }
  if (ratings === 0) return `nobody has rated it yet${year === null ? "" : `; it is from ${year}`}`;
  return `rated ${average.toFixed(1)} on average by ${ratings === 1 ? "1 person" : `${ratings} people`}`;
}

function mostSimilar(model: Model, itemId: Id, liked: History): History {
  return liked
    .map((entry) => ({ entry, similarity: model.similarity?.(itemId, entry.itemId) ?? 0 }))
    .filter(({ similarity }) => similarity > 0)
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, 2)
    .map(({ entry }) => entry);
}

function titleOf(itemId: Id, items: ReadonlyMap<Id, Item> | undefined): string {
  const title = items?.get(itemId)?.title;
  return title === undefined ? `item ${itemId}` : `“${title}”`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
