import { predictKnn } from "../../packages/ml/src/kernels/knn.ts";
import type { RatingTriples } from "../../packages/ml/src/kernels/rating-triples.ts";
import { movielensFold } from "./fold.ts";
import { best, row } from "./measure.ts";

/** Of the plain loop only this share of the users is run; its time is multiplied. */
const share = 10;

/** KNNBasic (users, MSD, k = 40): similarities and all test predictions. */
export async function benchKnn(): Promise<void> {
  const times = Number(process.env.TIMES ?? 3);
  for (const data of ["ml-100k", "ml-1m"] as const) {
    const { name, train, test, mean } = movielensFold(data);
    process.stdout.write(
      `\nKNNBasic, ${name}: ${train.ratings.length} ratings, ${test.ratings.length} predictions\n`,
    );
    const part = await best(1, () => plainKnnBasic(train, test));
    const plain = { wall: part.wall * share, cpu: part.cpu * share };
    row(`plain TypeScript (1/${share} of the users, x ${share})`, plain, undefined);
    const values = { rows: train.users, columns: train.items, values: train.ratings };
    const knn = { ...values, rowCount: train.userCount, columnCount: train.itemCount };
    const pairs = { rows: test.users, columns: test.items };
    for (const similarity of ["msd", "cosine", "pearson"] as const) {
      for (const workers of similarity === "msd" ? [0, 1, 2] : [2]) {
        const options = { similarity, minSupport: 1, k: 40, minK: 1 };
        const warm = await best(times, () => predictKnn(knn, train.ratings, pairs, options, { workers }));
        const error = rmse(test.ratings, warm.result.estimates, mean);
        const rss = Math.round(process.memoryUsage().rss / 2 ** 20);
        row(`${similarity}, ${workers} workers`, warm, plain, `RMSE ${error.toFixed(4)}, RSS ${rss} MiB`);
      }
    }
  }
}

function rmse(ratings: ArrayLike<number>, estimates: Float64Array, mean: number): number {
  let squares = 0;
  estimates.forEach((estimate, at) => {
    const value = Number.isNaN(estimate) ? mean : Math.min(5, Math.max(1, estimate));
    squares += (ratings[at]! - value) ** 2;
  });
  return Math.sqrt(squares / estimates.length);
}

/** The same algorithm with typed arrays and a sort, for every tenth user. */
function plainKnnBasic(train: RatingTriples, test: RatingTriples): number {
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
