import { createRandom } from "@tamis/core";
import type { RatingTriples } from "./rating-triples.ts";

/**
 * Ratings with the skew of MovieLens for tests and benchmarks: popularity falls off as 1 / (rank + 10), activity
 * likewise, no pair twice, users in order, whole stars 1..5 made from biases and two hidden factors.
 */
export function skewedRatings(shape: {
  users: number;
  items: number;
  ratings: number;
  seed: number;
}): RatingTriples {
  const random = createRandom(shape.seed);
  const weights = Float64Array.from({ length: shape.users }, (_, user) => 1 / (user + 20));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const hidden = (count: number) => Float64Array.from({ length: count * 3 }, () => random.normal());
  const [ofUsers, ofItems] = [hidden(shape.users), hidden(shape.items)];
  const rows: [number, number, number][] = [];
  for (let user = 0; user < shape.users; user++) {
    const wanted = Math.min(
      shape.items / 2,
      Math.max(2, Math.round((weights[user]! / total) * shape.ratings)),
    );
    const seen = new Set<number>();
    while (seen.size < wanted) {
      // Inverse of the distribution function of 1 / (rank + 10).
      const rank = Math.floor(10 * ((shape.items / 10 + 1) ** random.uniform() - 1));
      const item = Math.min(rank, shape.items - 1);
      if (seen.has(item)) continue;
      seen.add(item);
      let score = 3.5 + 0.4 * ofUsers[user * 3]! + 0.4 * ofItems[item * 3]! + 0.5 * random.normal();
      score +=
        0.4 *
        (ofUsers[user * 3 + 1]! * ofItems[item * 3 + 1]! + ofUsers[user * 3 + 2]! * ofItems[item * 3 + 2]!);
      rows.push([user, item, Math.min(5, Math.max(1, Math.round(score)))]);
    }
  }
  return {
    users: Int32Array.from(rows, (row) => row[0]),
    items: Int32Array.from(rows, (row) => row[1]),
    ratings: Float64Array.from(rows, (row) => row[2]),
    userCount: shape.users,
    itemCount: shape.items,
  };
}
