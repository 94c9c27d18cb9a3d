import type { Model } from "@tamis/ml";
import type { Fold } from "./data/fold.ts";

/**
 * Mean over users of the share of pairs (test item, other item) that a model has in the right order; equal scores count
 * one half. Other items are those that were learnt from, but not of this user, and are not among the user's test items.
 */
export function auc({ itemIds, scoreItems }: Model, { table, train, test }: Fold): number {
  const { users, items } = table;
  const place = new Map(itemIds.map((id, at) => [id, at]));
  const placeOf = Int32Array.from(items.ids, (id) => place.get(id) ?? -1);
  const learnt = placesByUser(train);
  const sums = [...placesByUser(test)].map(([user, tested]) => {
    const scores = scoreItems(users.ids[user]!);
    const own = new Set([...(learnt.get(user) ?? []), ...tested]);
    const others = scores.filter((_, at) => !own.has(at)).sort();
    const below = tested.reduce((sum, at) => sum + countBelow(others, scores[at]!), 0);
    return below / (tested.length * others.length);
  });
  return sums.reduce((sum, each) => sum + each, 0) / sums.length;

  function placesByUser(rows: Int32Array): Map<number, number[]> {
    const places = new Map<number, number[]>();
    for (const row of rows) {
      const user = users.codes[row]!;
      const own = places.get(user) ?? [];
      places.set(user, own);
      own.push(placeOf[items.codes[row]!]!);
    }
    return places;
  }
}

/** How many of the sorted values are below one; those equal to it count one half. */
function countBelow(sorted: Float64Array, value: number): number {
  const first = (isPast: (at: number) => boolean) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isPast(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return (first((at) => sorted[at]! >= value) + first((at) => sorted[at]! > value)) / 2;
}
