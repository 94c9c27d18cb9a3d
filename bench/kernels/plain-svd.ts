import { createRandom } from "@tamis/core";
import type { RatingTriples } from "../../packages/ml/src/kernels/rating-triples.ts";
import type { SgdModel, SgdOptions } from "../../packages/ml/src/kernels/sgd.ts";

/** What the kernels are compared with: the straightforward loop in doubles, ratings in their given order. */
export function plainSvd(
  { users, items, ratings, userCount, itemCount }: RatingTriples,
  options: SgdOptions,
): SgdModel {
  const { factors, learningRates: rate, regularisations: decay } = options;
  const random = createRandom(options.seed);
  const normal = (length: number) =>
    Float64Array.from({ length }, () => random.normal(0, options.initDeviation));
  const [pu, qi] = [normal(userCount * factors), normal(itemCount * factors)];
  const [bu, bi] = [new Float64Array(userCount), new Float64Array(itemCount)];
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    for (let at = 0; at < ratings.length; at++) {
      const user = users[at]!;
      const item = items[at]!;
      const [rowP, rowQ] = [user * factors, item * factors];
      let dot = 0;
      for (let k = 0; k < factors; k++) dot += pu[rowP + k]! * qi[rowQ + k]!;
      const error = ratings[at]! - options.mean - bu[user]! - bi[item]! - dot;
      bu[user] = bu[user]! + rate.bu * (error - decay.bu * bu[user]!);
      bi[item] = bi[item]! + rate.bi * (error - decay.bi * bi[item]!);
      for (let k = 0; k < factors; k++) {
        const p = pu[rowP + k]!;
        const q = qi[rowQ + k]!;
        pu[rowP + k] = p + rate.pu * (error * q - decay.pu * p);
        qi[rowQ + k] = q + rate.qi * (error * p - decay.qi * q);
      }
    }
  }
  const f32 = (values: Float64Array) => Float32Array.from(values);
  return { bu: f32(bu), bi: f32(bi), pu: f32(pu), qi: f32(qi) };
}

/** Root mean squared error on the test part, estimates clipped to 1..5. */
export function rmse({ users, items, ratings }: RatingTriples, mean: number, model: SgdModel): number {
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
