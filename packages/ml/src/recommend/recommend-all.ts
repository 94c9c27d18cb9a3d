import { setImmediate } from "node:timers/promises";
import { type OnProgress, throwIfAborted } from "@tamis/core";
import { createPace } from "../pace.ts";
import { answerUser, type SharedRequest, type UserHistory, type UserRecommendations } from "./answer-user.ts";
import { recommendByFactors } from "./recommend-by-factors.ts";

export interface RecommendAllRequest extends SharedRequest {
  /** Whom to recommend to, with what they rated: a list, or a stream that is read as the answers are taken. */
  readonly users: Iterable<UserHistory> | AsyncIterable<UserHistory>;
  /** How many users there are, for the progress. */
  readonly total?: number;
  /** Threads, where the model's scores are products of factors. @default the number of processors, at most 8 */
  readonly workers?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/**
 * Recommends to many users, in their order: the items and scores that {@link recommend} gives to each, without reasons.
 *
 * Models whose scores are products of factors do some thousand users at a time, on all processors; others, and lists with
 * rules, one after the other. Memory does not grow with the number of users: answers that are not taken hold the work
 * up. Lets other work in between.
 *
 * @throws invalid_input as {@link recommend}; aborted
 *
 * @example
 * for await (const { userId, recommendations } of recommendAll({ model, coldStart, users, n: 10 })) { … }
 */
export async function* recommendAll({
  users,
  total,
  workers,
  signal,
  onProgress,
  exclude = [],
  ...rest
}: RecommendAllRequest): AsyncGenerator<UserRecommendations> {
  const request = { ...rest, exclude: [...exclude] };
  const work = { phase: "recommend", unit: "users", ...(total !== undefined && { total }) };
  const pace = createPace(work, { signal, onProgress });
  const { model, rules, n } = request;
  const answers =
    model?.factors && !rules && n > 0
      ? recommendByFactors({ ...request, model }, users, { workers, signal })
      : oneByOne(request, users, signal);
  let done = 0;
  for await (const answer of answers) {
    await pace.step(done++);
    yield answer;
  }
}

async function* oneByOne(
  request: SharedRequest,
  users: RecommendAllRequest["users"],
  signal: AbortSignal | undefined,
): AsyncGenerator<UserRecommendations> {
  for await (const user of users) {
    // Without this, a stream that never waits would let neither a timer nor a signal through.
    await setImmediate();
    throwIfAborted(signal);
    yield answerUser(request, user);
  }
}
