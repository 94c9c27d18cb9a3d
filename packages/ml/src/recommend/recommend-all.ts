import { setImmediate } from "node:timers/promises";
import { type Id, throwIfAborted } from "@tamis/core";
import type { History } from "../recommender.ts";
import { type Recommendation, type RecommendRequest, recommend } from "./recommend.ts";

export interface RecommendAllRequest extends Omit<RecommendRequest, "userId" | "history" | "shown"> {
  /** Whom to recommend to, with what they rated: a list, or a stream that is read as the answers are taken. */
  readonly users: Iterable<UserHistory> | AsyncIterable<UserHistory>;
  readonly signal?: AbortSignal;
}

export interface UserHistory {
  readonly userId: Id;
  readonly history: History;
}

export interface UserRecommendations {
  readonly userId: Id;
  /** Whether the model did not know the user. */
  readonly coldStart: boolean;
  readonly recommendations: readonly Recommendation[];
}

/**
 * Recommends to many users, one after the other, in their order: the same answers as {@link recommend} user by user.
 * Holds the scores of one user at a time, never those of all pairs. Lets other work in between users.
 *
 * @throws invalid_input as {@link recommend}; aborted between two users
 */
export async function* recommendAll({
  users,
  signal,
  exclude = [],
  ...request
}: RecommendAllRequest): AsyncGenerator<UserRecommendations> {
  const excluded = [...exclude];
  for await (const { userId, history } of users) {
    // Without this, a stream that never waits would let neither a timer nor a signal through.
    await setImmediate();
    throwIfAborted(signal);
    yield {
      userId,
      coldStart: !request.model?.knowsUser(userId),
      recommendations: recommend({ ...request, userId, history, exclude: excluded }),
    };
  }
}
