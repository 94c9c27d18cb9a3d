import { canonicalId, type Id, type Item } from "@tamis/core";
import type { History, Model } from "../recommender.ts";
import type { ColdStartPick } from "../recommenders/cold-start.ts";
import { similaritiesTo } from "../scorer.ts";

/** Says in a sentence why an item is recommended. */
export type Explain = (itemId: Id, score: number) => string;

/**
 * Explains recommendations of a model.
 *
 * Of one of ratings: the predicted rating, and from what. Where the model relates items, the two items most like it
 * among those the person rated at or above their own mean; else how many neighbours or ratings it rests on. Of somebody
 * the model does not know it says that they were folded in.
 *
 * Of one that ranks: the two items of the history that brought it up most, or, where the model cannot tell, that are
 * most like it. What was rated at or above the person's mean was liked. No rating is promised.
 *
 * @example
 * explainModel(svd, userId, history, items)(318, 4.63);
 * // "predicted 4.6: like “Heat (1995)”, which you rated 5, and “Alien (1979)”, which you rated 4.5"
 * explainModel(ease, userId, history, items)(318, 0.41); // "because you liked “Heat (1995)” and “Alien (1979)”"
 */
export function explainModel(
  model: Model,
  userId: Id,
  history: History,
  items: ReadonlyMap<Id, Item> | undefined,
): Explain {
  const mean = history.reduce((sum, { rating }) => sum + rating, 0) / history.length;
  const liked = history.filter(({ rating }) => rating >= mean);
  const title = (itemId: Id) => titleOf(itemId, items);
  const closest = closestOf(model, liked);
  if (model.kind === "ranking") {
    return (itemId) => explainRanking(model, history, liked, closest, itemId, title);
  }

  const folded = model.knowsUser(userId) ? "" : ` (folded in from ${counted(history.length, "rating")})`;

  return (itemId, score) => {
    const predicted = `predicted ${score.toFixed(1)}${folded}`;
    const alike = closest(itemId).map((entry) => `${title(entry.itemId)}, which you rated ${entry.rating}`);
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

function explainRanking(
  model: Model,
  history: History,
  liked: History,
  closest: (itemId: Id) => History,
  itemId: Id,
  title: (itemId: Id) => string,
): string {
  // Such a model gives each item of the history its share of the score; one of factors would have to solve for it.
  if (model.foldsInExactly && model.explain && !model.factors && history.length > 0) {
    const { contributions } = model.explain(history, itemId);
    const causes = contributions.flatMap((part) => ("itemId" in part && part.value > 0 ? [part.itemId] : []));
    const likes = new Set(liked.map((entry) => canonicalId(entry.itemId)));
    const best = causes.filter((cause) => likes.has(cause)).slice(0, 2);
    if (best.length > 0) return `because you liked ${best.map(title).join(" and ")}`;
    const [first] = causes;
    if (first !== undefined) return `people who rated ${title(first)}, as you did, rated it too`;
  }
  const alike = closest(itemId).map((entry) => title(entry.itemId));
  if (alike.length > 0) return `like ${alike.join(" and ")}, which you liked`;
  if (model.algorithm === "popularity") {
    return model.options.measure === "count" ? "many people rated it" : "people rate it well";
  }
  return `${model.algorithm} puts it here among all that you have not rated`;
}

/** The two that are most like an item, of those that are at all like it; the earlier ones at equal likeness. */
function closestOf(model: Model, liked: History): (itemId: Id) => History {
  const similarities = similaritiesTo(
    model,
    liked.map(({ itemId }) => itemId),
  );
  if (!similarities) return () => [];
  return (itemId) => {
    const likeness = similarities(itemId);
    let [first, second]: History[number][] = [];
    let [most, next] = [0, 0];
    for (let place = 0; place < likeness.length; place++) {
      const similarity = likeness[place]!;
      if (similarity > most) {
        [second, next] = [first, most];
        [first, most] = [liked[place], similarity];
      } else if (similarity > next) [second, next] = [liked[place], similarity];
    }
    return [first, second].filter((entry) => entry !== undefined);
  };
}

function titleOf(itemId: Id, items: ReadonlyMap<Id, Item> | undefined): string {
  const title = items?.get(itemId)?.title;
  return title === undefined ? `item ${itemId}` : `“${title}”`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
