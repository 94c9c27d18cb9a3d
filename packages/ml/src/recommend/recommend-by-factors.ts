import { canonicalId, type Id } from "@tamis/core";
import { type TopLists, topItems } from "../kernels/top-items.ts";
import type { Model, TasteFactors } from "../recommender.ts";
import { numbersOf } from "../trainset.ts";
import { answerUser, type SharedRequest, type UserHistory, type UserRecommendations } from "./answer-user.ts";
import { boundsOf, certifyTop, spareCandidates } from "./certify-top.ts";
import { whomToScore } from "./user-scores.ts";

/** So many users are done at once. */
const blockLength = 2048;
/** Up to so many products, starting workers takes longer than doing without. */
const smallWork = 50_000_000;

interface Context {
  readonly workers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

type FactorRequest = SharedRequest & { readonly model: Model };

/**
 * Answers users by blocks: the candidates of a block come from a kernel in float32, on all processors; each list is then
 * proved to be the one that float64 gives ({@link certifyTop}). Where that fails (close scores), and for those the
 * model does not know, the user is answered alone.
 */
export async function* recommendByFactors(
  request: FactorRequest,
  users: Iterable<UserHistory> | AsyncIterable<UserHistory>,
  context: Context,
): AsyncGenerator<UserRecommendations> {
  const numbers = numbersOf(request.model.itemIds);
  let block: UserHistory[] = [];
  for await (const user of users) {
    block.push(user);
    if (block.length < blockLength) continue;
    yield* answerBlock(request, numbers, block, context);
    block = [];
  }
  if (block.length > 0) yield* answerBlock(request, numbers, block, context);
}

async function* answerBlock(
  request: FactorRequest,
  numbers: ReadonlyMap<Id, number>,
  block: readonly UserHistory[],
  { workers, signal }: Context,
): AsyncGenerator<UserRecommendations> {
  const { model, n } = request;
  const { rank, items, biases } = model.factors!;
  const tastes = block.map(({ userId, history }) => {
    const who = whomToScore(model, userId, history);
    return who === undefined ? undefined : model.factors!.of(who);
  });
  const rows = new Float32Array(block.length * rank);
  for (const [user, taste] of tastes.entries()) if (taste) rows.set(taste.row, user * rank);
  const found = await topItems(
    { factors: rank, items, biases },
    { users: rows, ...seenBy(request, block, numbers) },
    n + spareCandidates,
    { signal, workers: block.length * biases.length * rank < smallWork ? 0 : workers },
  );
  for (const [place, user] of block.entries()) {
    const taste = tastes[place];
    yield (taste && answerFrom(request, user, taste, found, place)) ?? answerUser(request, user);
  }
}

/** The numbers of the items that are in nobody's list, and in each user's. */
function seenBy(
  { exclude = [] }: FactorRequest,
  block: readonly UserHistory[],
  numbers: ReadonlyMap<Id, number>,
): { seenStarts: number[]; seen: number[] } {
  const seenStarts = [0];
  const seen: number[] = [];
  const add = (itemId: Id) => {
    const number = numbers.get(canonicalId(itemId));
    if (number !== undefined) seen.push(number);
  };
  for (const { history } of block) {
    for (const { itemId } of history) add(itemId);
    for (const itemId of exclude) add(itemId);
    seenStarts.push(seen.length);
  }
  return { seenStarts, seen };
}

function answerFrom(
  { model, n }: FactorRequest,
  { userId }: UserHistory,
  taste: TasteFactors,
  { items, scores }: TopLists,
  place: number,
): UserRecommendations | undefined {
  const count = n + spareCandidates;
  const list = items.subarray(place * count, (place + 1) * count);
  const end = list.indexOf(-1);
  const candidates =
    end < 0
      ? { items: list, cutoff: scores[(place + 1) * count - 1] }
      : { items: list.subarray(0, end), cutoff: undefined };
  const top = certifyTop(model.itemIds, model.factors!, taste, candidates, boundsOf(model.factors!), n);
  if (top === undefined || top.length < n) return undefined;
  const { min, max } = model.scale;
  const isRanking = model.kind === "ranking";
  const knowsUser = model.knowsUser(userId);
  return {
    userId,
    coldStart: !knowsUser,
    recommendations: top.map(({ itemId, score }) => ({
      itemId,
      score: isRanking ? score : Math.min(max, Math.max(min, score)),
      source: knowsUser ? "model" : "fold_in",
    })),
  };
}
