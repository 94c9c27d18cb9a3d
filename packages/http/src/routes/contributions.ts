import { z } from "@hono/zod-openapi";
import type { Id } from "@tamis/core";
import { type Contribution, type History, whomToScore } from "@tamis/ml";
import type { ServingState } from "../serving.ts";
import { IdAnswer } from "./answers.ts";

/** Who the neighbours of a user are is personal data: here they are a term like others. */
const neighbour = "neighbour";

export const ContributionAnswer = z
  .union([
    z.object({ item_id: IdAnswer, title: z.string(), value: z.number() }),
    z.object({ term: z.string(), value: z.number() }),
  ])
  .openapi("Contribution");
type ContributionAnswer = z.infer<typeof ContributionAnswer>;

/** What the score of an item for a user is the sum of, the largest part first; absent where the model cannot tell. */
export function explainer(
  { served, items }: ServingState,
  userId: Id | undefined,
  history: History,
): ((itemId: Id) => ContributionAnswer[]) | undefined {
  const model = served?.model;
  if (!model?.explain) return undefined;
  const who = whomToScore(model, userId ?? "", history);
  if (who === undefined) return undefined;
  return (itemId) => model.explain!(who, itemId).contributions.map((part) => answer(part, items));
}

function answer(part: Contribution, items: ServingState["items"]): ContributionAnswer {
  if ("itemId" in part) {
    const { itemId, value } = part;
    return { item_id: itemId, title: items.get(itemId)?.title ?? String(itemId), value };
  }
  return { term: "term" in part ? part.term : neighbour, value: part.value };
}
