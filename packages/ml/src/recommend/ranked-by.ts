import type { Model, ModelKind } from "../recommender.ts";

/** Which model puts the items of a list in their order, and why that one. */
export interface RankedBy {
  /** The model's algorithm; `cold-start` where it has nothing to say of somebody. */
  readonly algorithm: string;
  readonly kind: ModelKind | "cold_start";
  /** A sentence for a person. */
  readonly why: string;
}

/**
 * Says who ranks. A model of ratings ranks badly (docs/decisions/2026-11-21-ranking-models.md), so that it says so
 * when it has to.
 *
 * @param source - of the scores, `undefined` when there are none
 */
export function rankedBy(
  model: Model | undefined,
  source: "model" | "fold_in" | undefined,
  ratings: number,
): RankedBy {
  if (!model || !source) {
    const because = model ? `${model.algorithm} knows nothing of this user` : "there is no model yet";
    return {
      algorithm: "cold-start",
      kind: "cold_start",
      why: `what is popular, in favourite genres first, as ${because}`,
    };
  }
  const { algorithm, kind = "rating" } = model;
  const folded = source === "fold_in" ? `, folded in from ${ratings} rating${ratings === 1 ? "" : "s"}` : "";
  const why =
    kind === "ranking"
      ? `${algorithm}, which learnt what people choose; its scores are an order, not ratings${folded}`
      : `${algorithm}, which predicts ratings, as no model that ranks was given${folded}`;
  return { algorithm, kind, why };
}
