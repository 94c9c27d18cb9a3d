import { createRandom } from "@tamis/core";
import { createItemScorer, type FactorItems, topItems } from "../../packages/ml/src/kernels/top-items.ts";
import { best, row } from "./measure.ts";

const [itemCount, factors, userCount, n] = [27_278, 100, 4096, 10];

/** Scores and best ten of 27,278 items at rank 100: one user, and many. */
export async function benchTop(): Promise<void> {
  const random = createRandom(1);
  const normal = (length: number) => Float32Array.from({ length }, () => random.normal(0, 0.1));
  const catalogue: FactorItems = { factors, items: normal(itemCount * factors), biases: normal(itemCount) };
  const users = normal(userCount * factors);
  process.stdout.write(`\nTop ${n} of ${itemCount} items, ${factors} factors\n`);
  const user = users.subarray(0, factors);
  const plain = await best(20, () => plainScores(catalogue, user));
  row("one user's scores, plain TypeScript", plain, undefined);
  const score = createItemScorer(catalogue);
  for (let warmUp = 0; warmUp < 20; warmUp++) score(user);
  row("one user's scores, kernel", await best(20, () => score(user)[0]), plain);
  const nothing = { seenStarts: new Int32Array(userCount + 1), seen: new Int32Array() };
  const all = { wall: plain.wall * userCount, cpu: plain.cpu * userCount };
  for (const workers of [0, 1, 2]) {
    const measured = await best(2, () => topItems(catalogue, { users, ...nothing }, n, { workers }));
    const perUser = ((measured.wall / userCount) * 1e3).toFixed(3);
    row(`${userCount} users, ${workers} workers`, measured, all, `${perUser} ms each`);
  }
}

function plainScores({ items, biases }: FactorItems, user: Float32Array): Float32Array {
  const scores = new Float32Array(biases.length);
  for (let item = 0; item < scores.length; item++) {
    let sum = biases[item]!;
    for (let k = 0; k < factors; k++) sum += user[k]! * items[item * factors + k]!;
    scores[item] = sum;
  }
  return scores;
}
