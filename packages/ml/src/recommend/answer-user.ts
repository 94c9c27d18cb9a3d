import type { Id } from "@tamis/core";
import type { History } from "../recommender.ts";
import { type ChosenItem, chooseItems, type RecommendRequest } from "./recommend.ts";

export interface UserHistory {
  readonly userId: Id;
  readonly history: History;
}

export interface UserRecommendations {
  readonly userId: Id;
  /** Whether the model did not know the user. */
  readonly coldStart: boolean;
  readonly recommendations: readonly ChosenItem[];
}

/** What `recommend` is asked for alike for every user. */
export type SharedRequest = Omit<RecommendRequest, "userId" | "history" | "shown">;

/** The answer of `recommend` for one of many users, without words. */
export function answerUser(request: SharedRequest, { userId, history }: UserHistory): UserRecommendations {
  const { chosen } = chooseItems({ ...request, userId, history });
  return {
    userId,
    coldStart: !request.model?.knowsUser(userId),
    recommendations: chosen.map(({ itemId, score, source }) => ({ itemId, score, source })),
  };
}
