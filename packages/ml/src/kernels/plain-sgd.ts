import type { SgdOptions } from "./sgd.ts";

/** What plain SGD works on; rows of `stride` floats, a multiple of 4. Arrays change in place. */
export interface PlainSgdState {
  readonly stride: number;
  readonly p: Float32Array;
  readonly q: Float32Array;
  readonly pScale: Float32Array;
  readonly qScale: Float32Array;
  readonly bu: Float32Array;
  readonly bi: Float32Array;
}

/** Ratings in the order they are visited. */
export interface OrderedRatings {
  readonly users: ArrayLike<number>;
  readonly items: ArrayLike<number>;
  readonly ratings: ArrayLike<number>;
}

const f = Math.fround;

/**
 * The kernel `sgdBlock` in plain TypeScript, its oracle in tests: the ratings `from` … `to` − 1 with the same
 * float32 operations in the same order, so the same bits (as long as no scale falls below 1e-12, which only
 * extreme regularisation does). Over all ratings in their given order it is Surprise's sequential SGD.
 */
export function plainSgd(
  state: PlainSgdState,
  { users, items, ratings }: OrderedRatings,
  options: SgdOptions,
  from = 0,
  to = ratings.length,
): void {
  const { pair, one } = sgdUpdates(state, options);
  for (let at = from; at < to; ) {
    const user = users[at]!;
    let end = at + 1;
    while (end < to && users[end] === user) end++;
    for (; at + 1 < end; at += 2) pair(user, items[at]!, items[at + 1]!, ratings[at]!, ratings[at + 1]!);
    if (at < end) one(user, items[at]!, ratings[at]!);
    at = end;
  }
}

/** Every float32 operation is rounded on its own; a factor row is scale · stored row, as in the kernel. */
function sgdUpdates({ stride, p, q, pScale, qScale, bu, bi }: PlainSgdState, options: SgdOptions) {
  const { biased, learningRates: rates, regularisations } = options;
  const decay = (kind: "bu" | "bi" | "pu" | "qi") => f(1 - rates[kind] * regularisations[kind]);
  const mean = biased ? f(options.mean) : 0;
  const rateBu = biased ? f(rates.bu) : 0;
  const decayBu = biased ? decay("bu") : 1;
  const rateBi = biased ? f(rates.bi) : 0;
  const decayBi = biased ? decay("bi") : 1;
  const ratePu = f(rates.pu);
  const decayPu = decay("pu");
  const rateQi = f(rates.qi);
  const decayQi = decay("qi");

  function bias(biases: Float32Array, row: number, decayed: number, rate: number, error: number): void {
    biases[row] = f(f(decayed * biases[row]!) + f(rate * error));
  }

  function one(user: number, item: number, rating: number): void {
    const [rowP, rowQ] = [user * stride, item * stride];
    const [scaleP, scaleQ] = [pScale[user]!, qScale[item]!];
    const [nextP, nextQ] = [f(scaleP * decayPu), f(scaleQ * decayQi)];
    const product = f(f(scaleP * scaleQ) * dot(p, rowP, q, rowQ, stride));
    const error = f(f(f(f(f(rating) - mean) - bu[user]!) - bi[item]!) - product);
    bias(bu, user, decayBu, rateBu, error);
    bias(bi, item, decayBi, rateBi, error);
    const gainP = f(f(f(ratePu * scaleQ) / nextP) * error);
    const gainQ = f(f(f(rateQi * scaleP) / nextQ) * error);
    for (let k = 0; k < stride; k++) {
      const [vp, vq] = [p[rowP + k]!, q[rowQ + k]!];
      p[rowP + k] = f(vp + f(gainP * vq));
      q[rowQ + k] = f(vq + f(gainQ * vp));
    }
    pScale[user] = nextP;
    qScale[item] = nextQ;
  }

  function pair(user: number, item1: number, item2: number, rating1: number, rating2: number): void {
    const [row, row1, row2] = [user * stride, item1 * stride, item2 * stride];
    const [scale, scale1, scale2] = [pScale[user]!, qScale[item1]!, qScale[item2]!];
    const [next1, next2, middle] = [f(scale1 * decayQi), f(scale2 * decayQi), f(scale * decayPu)];
    const last = f(middle * decayPu);
    const product1 = f(f(scale * scale1) * dot(p, row, q, row1, stride));
    const error1 = f(f(f(f(f(rating1) - mean) - bu[user]!) - bi[item1]!) - product1);
    const gainP1 = f(f(f(ratePu * scale1) / middle) * error1);
    bias(bu, user, decayBu, rateBu, error1);
    const second = f(dot(p, row, q, row2, stride) + f(gainP1 * dot(q, row1, q, row2, stride)));
    const known2 = f(f(f(f(rating2) - mean) - bu[user]!) - bi[item2]!);
    const error2 = f(known2 - f(f(middle * scale2) * second));
    bias(bu, user, decayBu, rateBu, error2);
    bias(bi, item1, decayBi, rateBi, error1);
    bias(bi, item2, decayBi, rateBi, error2);
    const gainQ1 = f(f(f(rateQi * scale) / next1) * error1);
    const gainP2 = f(f(f(ratePu * scale2) / last) * error2);
    const gainQ2 = f(f(f(rateQi * middle) / next2) * error2);
    for (let k = 0; k < stride; k++) {
      const [vp, v1, v2] = [p[row + k]!, q[row1 + k]!, q[row2 + k]!];
      const between = f(vp + f(gainP1 * v1));
      p[row + k] = f(between + f(gainP2 * v2));
      q[row1 + k] = f(v1 + f(gainQ1 * vp));
      q[row2 + k] = f(v2 + f(gainQ2 * between));
    }
    pScale[user] = last;
    qScale[item1] = next1;
    qScale[item2] = next2;
  }

  return { pair, one };
}

/** Four lanes, summed as (0 + 2) + (1 + 3). */
function dot(a: Float32Array, fromA: number, b: Float32Array, fromB: number, length: number): number {
  const lanes = [0, 0, 0, 0];
  for (let k = 0; k < length; k++) {
    lanes[k & 3] = f(lanes[k & 3]! + f(a[fromA + k]! * b[fromB + k]!));
  }
  return f(f(lanes[0]! + lanes[2]!) + f(lanes[1]! + lanes[3]!));
}
