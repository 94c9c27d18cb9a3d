import type { Id } from "@tamis/core";
import type { CapCount } from "./cap.ts";
import type { TopItem } from "./top-items.ts";

/** How a list is put together from a ranking. */
export interface Arrangement {
  /** What is in the list already; it is added to. */
  readonly list: Id[];
  readonly cap: CapCount;
  /** How many of the best that are left the next item is chosen from. */
  readonly window: number;
  /** The place of that item among them. */
  next(left: readonly TopItem[], list: readonly Id[]): number;
}

/** An item of a list, and which rules changed its place. */
export type Arranged<T> = T & { readonly moved: readonly ("cap" | "diversity")[] };

/**
 * Adds `n` items of a ranking to a list, one after the other, each the next one of those that are not over the cap.
 * `cap`: it is there because a better one was over the cap. `diversity`: it comes before a better one or after a worse.
 *
 * @param ranking - best first, none of them in the list
 */
export function arrange<T extends TopItem>(
  ranking: readonly T[],
  n: number,
  { list, cap, window, next }: Arrangement,
): Arranged<T>[] {
  const arranged: Arranged<T>[] = [];
  let left: { readonly item: T; readonly rank: number }[] = [];
  let reached = 0;
  let bestRefused = Number.POSITIVE_INFINITY;
  let worstChosen = -1;
  const isAdmitted = ({ item, rank }: { item: T; rank: number }) => {
    const isOver = cap.isOver(item.itemId);
    if (isOver) bestRefused = Math.min(bestRefused, rank);
    return !isOver;
  };

  while (arranged.length < n) {
    left = left.filter(isAdmitted); // groups only ever fill up
    for (; left.length < window && reached < ranking.length; reached++) {
      const candidate = { item: ranking[reached]!, rank: reached };
      if (isAdmitted(candidate)) left.push(candidate);
    }
    if (left.length === 0) break;
    const place = next(
      left.map(({ item }) => item),
      list,
    );
    const { item, rank } = left.splice(place, 1)[0]!;
    const isMoved = place > 0 || rank < worstChosen;
    arranged.push({
      ...item,
      moved: [...(rank > bestRefused ? ["cap" as const] : []), ...(isMoved ? ["diversity" as const] : [])],
    });
    worstChosen = Math.max(worstChosen, rank);
    list.push(item.itemId);
    cap.add(item.itemId);
  }
  return arranged;
}
