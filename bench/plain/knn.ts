import type { RatingTriples } from "../../packages/ml/src/kernels/rating-triples.ts";

/**
 * KNNBasic (users, MSD, k = 40) with typed arrays and a sort, for one user in `share`.
 *
 * @returns the sum of the estimates
 */
export function plainKnnBasic(train: RatingTriples, test: RatingTriples, share: number): number {
  const { users, items, ratings, userCount, itemCount } = train;
  const byUser = Array.from({ length: userCount }, (): number[] => []);
  const byItem = Array.from({ length: itemCount }, (): number[] => []);
  for (const [at, user] of users.entries()) byUser[user]!.push(at);
  for (const [at, item] of items.entries()) byItem[item]!.push(at);
  const pairs = Array.from({ length: userCount }, (): number[] => []);
  for (const [at, user] of test.users.entries()) pairs[user]!.push(at);
  const similarity = new Float64Array(userCount);
  const count = new Float64Array(userCount);
  let sum = 0;
  for (let user = 0; user < userCount; user += share) {
    similarity.fill(0);
    count.fill(0);
    for (const own of byUser[user]!) {
      for (const other of byItem[items[own]!]!) {
        similarity[users[other]!]! += (ratings[own]! - ratings[other]!) ** 2;
        count[users[other]!]!++;
      }
    }
    for (let other = 0; other < userCount; other++) {
      similarity[other] = count[other] === 0 ? 0 : 1 / (similarity[other]! / count[other]! + 1);
    }
    for (const pair of pairs[user]!) {
      const raters = byItem[test.items[pair]!]!.slice();
      raters.sort((a, b) => similarity[users[b]!]! - similarity[users[a]!]!);
      let [total, weights] = [0, 0];
      for (const rater of raters.slice(0, 40)) {
        total += similarity[users[rater]!]! * ratings[rater]!;
        weights += similarity[users[rater]!]!;
      }
      sum += total / weights;
    }
  }
  return sum;
}
