import type { Id } from "@tamis/core";
import { createScoreBounds } from "../kernels/score-bounds.ts";
import type { History, Model, ScoreFactors } from "../recommender.ts";
import { topByBounds } from "./top-by-bounds.ts";
import { type TopItem, topItems } from "./top-items.ts";

/** What a model thinks of every item for one person. */
export interface UserScores {
  readonly itemIds: readonly Id[];
  /** `fold_in` for somebody the model was not trained on. */
  readonly source: "model" | "fold_in";
  /** Aligned with `itemIds`. */
  all(): Float64Array;
  /** The `n` best that are not `seen`: those that {@link topItems} finds in all the scores. */
  top(n: number, seen: Pick<ReadonlySet<Id>, "has">): TopItem[];
}

/**
 * Scores for a known user, and by what they have rated for an unknown one. Where a fold-in is exact, a known user is
 * scored by their history too: it may be newer than the training.
 *
 * @returns nothing for somebody unknown who has rated nothing that the model knows, or whom it cannot fold in
 */
export function scoresFor(model: Model, userId: Id, history: History): UserScores | undefined {
  const who = whomToScore(model, userId, history);
  if (who === undefined) return undefined;
  const { itemIds, factors } = model;
  const all = () => (typeof who === "object" ? model.foldIn!(who) : model.scoreItems(who));
  const exactTop: UserScores["top"] = (n, seen) => topItems(itemIds, all(), n, seen);
  return {
    itemIds,
    source: model.knowsUser(userId) ? "model" : "fold_in",
    all,
    top:
      factors && isLarge(factors) ? (n, seen) => fastTop(model, who, n, seen) ?? exactTop(n, seen) : exactTop,
  };
}

/** The user, or their history where that is scored; nothing for somebody of whom the model can say nothing. */
export function whomToScore(model: Model, userId: Id, history: History): Id | History | undefined {
  const knowsUser = model.knowsUser(userId);
  const canFoldIn = model.foldIn !== undefined && (!knowsUser || model.foldsInExactly === true);
  if (canFoldIn && history.some(({ itemId }) => model.knowsItem(itemId))) return history;
  return knowsUser ? userId : undefined;
}

/** From so many products on, a kernel is worth the memory it needs. */
const largeWork = 200_000;

function isLarge({ biases, rank }: ScoreFactors): boolean {
  return biases.length * rank >= largeWork;
}

/** The same top, sooner: most items need no more than a bound of their score. */
function fastTop(
  { itemIds, factors }: Model,
  who: Id | History,
  n: number,
  seen: Pick<ReadonlySet<Id>, "has">,
): TopItem[] | undefined {
  const taste = factors?.of(who);
  if (!factors || !taste || n === 0) return undefined;
  const bounds = boundsOf(factors)(taste.row);
  return bounds && topByBounds(itemIds, factors, taste, bounds, n, seen);
}

const known = new WeakMap<ScoreFactors, ReturnType<typeof createScoreBounds>>();

/** Made once for a model. */
function boundsOf(factors: ScoreFactors): ReturnType<typeof createScoreBounds> {
  const { rank, items, biases } = factors;
  const boundsOf = known.get(factors) ?? createScoreBounds({ factors: rank, items, biases });
  known.set(factors, boundsOf);
  return boundsOf;
}
