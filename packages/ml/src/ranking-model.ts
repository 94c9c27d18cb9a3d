import { canonicalId, type Id } from "@tamis/core";
import { createExplanation, type NumberedContribution } from "./explanation.ts";
import { type Feedback, type FeedbackOptions, feedbackOfHistory } from "./feedback.ts";
import type { History, Model, ModelTensors, ScoreFactors, TasteFactors } from "./recommender.ts";
import type { ModelHeader } from "./scorer.ts";
import { numbersOf } from "./trainset.ts";

/**
 * What a ranking algorithm of this package writes: scores over numbered users and items.
 * {@link createRankingModel} makes a {@link Model} of it.
 */
export interface RankingScorer {
  /** The score of one pair: the very number that {@link RankingScorer.scoreItems} gives. */
  score(user: number, item: number): number;
  /** Fills `scores`, shape (items), all 0 before. */
  scoreItems(user: number, scores: Float64Array): void;
  /** Fills `scores`, all 0 before, for somebody with this feedback: none, for an unknown user. */
  foldIn(feedback: Feedback, scores: Float64Array): void;
  /** See {@link Model.foldsInExactly}. */
  readonly foldsInExactly?: boolean;
  /** See {@link Model.factors}; `of` a known user, or somebody with this feedback. */
  readonly factors?: Omit<ScoreFactors, "of"> & { of(who: number | Feedback): TasteFactors };
  /** What adds up to a score: of a known user, or of somebody with this feedback. */
  explain(who: number | Feedback, item: number): readonly NumberedContribution[];
  /** See {@link Model.similarity}; for known items. */
  similarity?(item: number, otherItem: number): number;
  /** See {@link Model.forget}; for a known user. */
  forget(user: number): Promise<{ model: Model; exact: boolean }>;
  tensors(): ModelTensors["arrays"];
}

/** Makes a model of a scorer: ids to numbers, and answers about what is unknown. */
export function createRankingModel(
  header: ModelHeader,
  users: readonly Id[],
  items: readonly Id[],
  feedback: FeedbackOptions,
  scorer: RankingScorer,
): Model {
  const userNumbers = numbersOf(users);
  const itemNumbers = numbersOf(items);
  const userNumber = (id: Id) => userNumbers.get(canonicalId(id)) ?? -1;
  const itemNumber = (id: Id) => itemNumbers.get(canonicalId(id)) ?? -1;
  const { similarity, factors } = scorer;
  const read = (history: History) => feedbackOfHistory(history, itemNumber, feedback);

  function scoreItems(userId: Id): Float64Array {
    const user = userNumber(userId);
    const scores = new Float64Array(items.length);
    if (user >= 0) scorer.scoreItems(user, scores);
    else scorer.foldIn(read([]), scores);
    return scores;
  }

  const model: Model = {
    algorithm: header.algorithm,
    options: header.options,
    seed: header.seed,
    kind: "ranking",
    scale: header.scale,
    itemIds: items,
    knowsUser: (id) => userNumber(id) >= 0,
    knowsItem: (id) => itemNumber(id) >= 0,
    predict(userId, itemId) {
      const user = userNumber(userId);
      const item = itemNumber(itemId);
      if (user >= 0 && item >= 0) return { value: scorer.score(user, item) };
      const reason = user >= 0 ? "unknown_item" : item >= 0 ? "unknown_user" : "unknown_user_and_item";
      return { value: item >= 0 ? scoreItems(userId)[item]! : 0, reason };
    },
    scoreItems,
    foldIn(history) {
      const scores = new Float64Array(items.length);
      scorer.foldIn(read(history), scores);
      return scores;
    },
    ...(scorer.foldsInExactly && { foldsInExactly: true }),
    ...(factors && {
      factors: {
        ...factors,
        of(who: Id | History) {
          const known = typeof who === "object" ? read(who) : userNumber(who);
          return known === -1 ? undefined : factors.of(known);
        },
      },
    }),
    explain(who, itemId) {
      const item = itemNumber(itemId);
      if (item < 0) return { score: 0, contributions: [] };
      const user = typeof who === "object" ? -1 : userNumber(who);
      const history = typeof who === "object" ? who : [];
      return createExplanation(scorer.explain(user >= 0 ? user : read(history), item), users, items);
    },
    ...(similarity && {
      similarity(itemId: Id, otherItemId: Id) {
        const [item, other] = [itemNumber(itemId), itemNumber(otherItemId)];
        return item < 0 || other < 0 ? 0 : similarity(item, other);
      },
    }),
    async forget(userId) {
      const user = userNumber(userId);
      return user < 0 ? { model, exact: true } : scorer.forget(user);
    },
    tensors: () => ({ users, items, arrays: scorer.tensors() }),
  };
  return model;
}
