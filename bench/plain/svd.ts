import { createRandom } from "@tamis/core";
import type { RatingTriples } from "../../packages/ml/src/kernels/rating-triples.ts";

export interface PlainSvd {
  readonly bu: Float64Array;
  readonly bi: Float64Array;
  readonly pu: Float64Array;
  readonly qi: Float64Array;
}

/** What the kernel is compared with: the straightforward loop in doubles, ratings in their given order. */
export function plainSvd(
  { users, items, ratings, userCount, itemCount }: RatingTriples,
  options: {
    factors: number;
    epochs: number;
    mean: number;
    initDeviation: number;
    rate: number;
    penalty: number;
    seed: number;
  },
): PlainSvd {
  const { factors, epochs, mean, rate, penalty } = options;
  const random = createRandom(options.seed);
  const normal = (length: number) =>
    Float64Array.from({ length }, () => random.normal(0, options.initDeviation));
  const [pu, qi] = [normal(userCount * factors), normal(itemCount * factors)];
  const [bu, bi] = [new Float64Array(userCount), new Float64Array(itemCount)];
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let at = 0; at < ratings.length; at++) {
      const user = users[at]!;
      const item = items[at]!;
      const rowP = user * factors;
      const rowQ = item * factors;
      let dot = 0;
      for (let k = 0; k < factors; k++) dot += pu[rowP + k]! * qi[rowQ + k]!;
      const error = ratings[at]! - mean - bu[user]! - bi[item]! - dot;
      bu[user]! += rate * (error - penalty * bu[user]!);
      bi[item]! += rate * (error - penalty * bi[item]!);
      for (let k = 0; k < factors; k++) {
        const p = pu[rowP + k]!;
        const q = qi[rowQ + k]!;
        pu[rowP + k] = p + rate * (error * q - penalty * p);
        qi[rowQ + k] = q + rate * (error * p - penalty * q);
      }
    }
  }
  return { bu, bi, pu, qi };
}

/** Root mean squared error on the test part, estimates clipped to 1..5. */
export function plainRmse({ users, items, ratings }: RatingTriples, mean: number, model: PlainSvd): number {
  const factors = model.pu.length / model.bu.length;
  let squares = 0;
  for (let at = 0; at < ratings.length; at++) {
    const [user, item] = [users[at]!, items[at]!];
    let estimate = mean + model.bu[user]! + model.bi[item]!;
    for (let k = 0; k < factors; k++)
      estimate += model.pu[user * factors + k]! * model.qi[item * factors + k]!;
    squares += (ratings[at]! - Math.min(5, Math.max(1, estimate))) ** 2;
  }
  return Math.sqrt(squares / ratings.length);
}
