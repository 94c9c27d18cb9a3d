import type { Id, Item } from "@tamis/core";
import type { Cap } from "./cap.ts";

/** What a request asks of the list, beside the best scores. */
export interface RecommendRules {
  /** Only these items. */
  readonly include?: readonly Id[];
  /** Only items that pass; one that is not in the request's `items` does not. See `itemFilter`. */
  readonly where?: (item: Item) => boolean;
  /** Only items of this score or more, before it is clipped; the cautious score of a cold start counts too. */
  readonly minimumScore?: number;
  /** Lift some items, or lower them. The score that is shown stays what it was. */
  readonly boosts?: readonly Boost[];
  readonly cap?: Cap;
  /**
   * How much the items of a list should differ, from 0 (not at all) to 1 (nothing else counts): see `diversify.ts`. By
   * the model's similarity of items, or the genres in common when it has none.
   *
   * @default 0
   */
  readonly diversity?: number;
}

export interface Boost {
  /** What it is called in the `rules` of a result. */
  readonly name: string;
  readonly where: (item: Item) => boolean;
  /**
   * Above 0. The score is ranked as score · factor, below 0 as score / factor: above 1 always lifts. Those of several
   * boosts multiply.
   */
  readonly factor: number;
}
