import { dot, scaleRow, sumLanes } from "./vector";

/** Laid out word for word by src/kernels/sgd.ts. Rates are learning rates, decays are 1 − rate · regularisation. */
@unmanaged
class SgdArguments {
  users: usize;
  items: usize;
  ratings: usize;
  starts: usize;
  blocks: u32;
  bytes: u32;
  p: usize;
  q: usize;
  pScale: usize;
  qScale: usize;
  bu: usize;
  bi: usize;
  mean: f32;
  rateBu: f32;
  decayBu: f32;
  rateBi: f32;
  decayBi: f32;
  ratePu: f32;
  decayPu: f32;
  rateQi: f32;
  decayQi: f32;
}

/** A row whose scale has decayed below this is multiplied out, long before float32 runs out of exponents. */
const smallest: f32 = 1e-12;

/**
 * One block of stratified SGD for the biased factor model: phase = epoch · blocks + stratum, task = block of
 * users; the block of items is (task + phase) mod blocks, so the tasks of one phase share no row. A task needs what its
 * own block of users and, for its items, the task after it left behind in the phase before: a ring.
 *
 * Same update as Surprise, rating by rating in the order given, arranged for speed:
 * - a factor row is kept as scale · stored row, so that the regularisation's decay is one scalar product
 *   instead of a product per factor;
 * - two ratings of the same user go together: e2 = r2 − … − (p + g1 q1) · q2 needs only p · q2 and q1 · q2,
 *   which are known before e1 is;
 * - the pass that updates the rows of one pair also takes the dot products of the next pair.
 *
 * The scale of p cancels in the products with the scales of q, see gp and gq below.
 */
export function sgdBlock(args: usize, phase: u32, task: u32): void {
  const a = changetype<SgdArguments>(args);
  const block = task * a.blocks + (task + phase) % a.blocks;
  const to = load<u32>(a.starts + (block << 2), 4);
  let at = load<u32>(a.starts + (block << 2));
  while (at < to) {
    const user = load<u32>(a.users + (at << 2));
    let end = at + 1;
    while (end < to && load<u32>(a.users + (end << 2)) == user) end++;
    const paired = at + ((end - at) & ~1);
    if (at < paired) updatePairs(a, user, at, paired);
    if (paired < end) updateOne(a, user, paired);
    at = end;
  }
}

function updatePairs(a: SgdArguments, user: u32, from: u32, to: u32): void {
  const bytes = a.bytes;
  const items = a.items, ratings = a.ratings, bi = a.bi, qScale = a.qScale, allQ = a.q;
  const mean = a.mean, rateBu = a.rateBu, decayBu = a.decayBu, rateBi = a.rateBi, decayBi = a.decayBi;
  const ratePu = a.ratePu, decayPu = a.decayPu, rateQi = a.rateQi, decayQi = a.decayQi;
  const p = a.p + user * bytes;
  let scale = load<f32>(a.pScale + (user << 2));
  if (scale < smallest) {
    scaleRow(p, bytes, scale);
    scale = 1;
  }
  let userBias = load<f32>(a.bu + (user << 2));
  let item1 = load<u32>(items + (from << 2)), item2 = load<u32>(items + (from << 2), 4);
  let q1 = allQ + item1 * bytes, q2 = allQ + item2 * bytes;
  let sum1 = f32x4.splat(0), sum2 = f32x4.splat(0), cross = f32x4.splat(0);
  for (let o: usize = 0; o < bytes; o += 16) {
    const vp = v128.load(p + o), v1 = v128.load(q1 + o), v2 = v128.load(q2 + o);
    sum1 = f32x4.add(sum1, f32x4.mul(vp, v1));
    sum2 = f32x4.add(sum2, f32x4.mul(vp, v2));
    cross = f32x4.add(cross, f32x4.mul(v1, v2));
  }
  for (let at = from; at < to; ) {
    // Everything that does not wait for the errors comes first.
    const bias1 = bi + (item1 << 2), bias2 = bi + (item2 << 2);
    const itemBias1 = load<f32>(bias1), itemBias2 = load<f32>(bias2);
    const scale1 = load<f32>(qScale + (item1 << 2)), scale2 = load<f32>(qScale + (item2 << 2));
    const next1 = scale1 * decayQi, next2 = scale2 * decayQi;
    const middle = scale * decayPu, last = middle * decayPu;
    const kp1 = (ratePu * scale1) / middle, kq1 = (rateQi * scale) / next1;
    const kp2 = (ratePu * scale2) / last, kq2 = (rateQi * middle) / next2;
    const error1: f32 = load<f32>(ratings + (at << 2)) - mean - userBias - itemBias1 - scale * scale1 * sumLanes(sum1);
    const gain1 = kp1 * error1;
    userBias = decayBu * userBias + rateBu * error1;
    const known2: f32 = load<f32>(ratings + (at << 2), 4) - mean - userBias - itemBias2;
    const error2: f32 = known2 - middle * scale2 * (sumLanes(sum2) + gain1 * sumLanes(cross));
    userBias = decayBu * userBias + rateBu * error2;
    store<f32>(bias1, decayBi * itemBias1 + rateBi * error1);
    store<f32>(bias2, decayBi * itemBias2 + rateBi * error2);
    store<f32>(qScale + (item1 << 2), next1);
    store<f32>(qScale + (item2 << 2), next2);
    scale = last;
    const gp1 = f32x4.splat(gain1), gq1 = f32x4.splat(kq1 * error1);
    const gp2 = f32x4.splat(kp2 * error2), gq2 = f32x4.splat(kq2 * error2);
    const done1 = q1, done2 = q2, doneScale1 = next1, doneScale2 = next2;
    const doneItem1 = item1, doneItem2 = item2;
    at += 2;
    if (at < to) {
      item1 = load<u32>(items + (at << 2));
      item2 = load<u32>(items + (at << 2), 4);
      q1 = allQ + item1 * bytes;
      q2 = allQ + item2 * bytes;
      sum1 = f32x4.splat(0);
      sum2 = f32x4.splat(0);
      cross = f32x4.splat(0);
      for (let o: usize = 0; o < bytes; o += 16) {
        const vp = v128.load(p + o), v1 = v128.load(done1 + o), v2 = v128.load(done2 + o);
        const between = f32x4.add(vp, f32x4.mul(gp1, v1));
        const after = f32x4.add(between, f32x4.mul(gp2, v2));
        v128.store(p + o, after);
        v128.store(done1 + o, f32x4.add(v1, f32x4.mul(gq1, vp)));
        v128.store(done2 + o, f32x4.add(v2, f32x4.mul(gq2, between)));
        const w1 = v128.load(q1 + o), w2 = v128.load(q2 + o);
        sum1 = f32x4.add(sum1, f32x4.mul(after, w1));
        sum2 = f32x4.add(sum2, f32x4.mul(after, w2));
        cross = f32x4.add(cross, f32x4.mul(w1, w2));
      }
    } else {
      for (let o: usize = 0; o < bytes; o += 16) {
        const vp = v128.load(p + o), v1 = v128.load(done1 + o), v2 = v128.load(done2 + o);
        const between = f32x4.add(vp, f32x4.mul(gp1, v1));
        v128.store(p + o, f32x4.add(between, f32x4.mul(gp2, v2)));
        v128.store(done1 + o, f32x4.add(v1, f32x4.mul(gq1, vp)));
        v128.store(done2 + o, f32x4.add(v2, f32x4.mul(gq2, between)));
      }
    }
    if (doneScale1 < smallest) multiplyOut(done1, bytes, qScale + (doneItem1 << 2));
    if (doneScale2 < smallest) multiplyOut(done2, bytes, qScale + (doneItem2 << 2));
    if (scale < smallest && at < to) {
      // The dot products at hand were taken with the stored row: they scale with it.
      scaleRow(p, bytes, scale);
      sum1 = f32x4.mul(sum1, f32x4.splat(scale));
      sum2 = f32x4.mul(sum2, f32x4.splat(scale));
      scale = 1;
    }
  }
  store<f32>(a.pScale + (user << 2), scale);
  store<f32>(a.bu + (user << 2), userBias);
}

function updateOne(a: SgdArguments, user: u32, at: u32): void {
  const bytes = a.bytes;
  const item = load<u32>(a.items + (at << 2));
  const p = a.p + user * bytes, q = a.q + item * bytes;
  const scaleP = load<f32>(a.pScale + (user << 2)), scaleQ = load<f32>(a.qScale + (item << 2));
  const userBias = load<f32>(a.bu + (user << 2)), itemBias = load<f32>(a.bi + (item << 2));
  const nextP = scaleP * a.decayPu, nextQ = scaleQ * a.decayQi;
  const error: f32 = load<f32>(a.ratings + (at << 2)) - a.mean - userBias - itemBias - scaleP * scaleQ * dot(p, q, bytes);
  store<f32>(a.bu + (user << 2), a.decayBu * userBias + a.rateBu * error);
  store<f32>(a.bi + (item << 2), a.decayBi * itemBias + a.rateBi * error);
  const gp = f32x4.splat(((a.ratePu * scaleQ) / nextP) * error), gq = f32x4.splat(((a.rateQi * scaleP) / nextQ) * error);
  for (let o: usize = 0; o < bytes; o += 16) {
    const vp = v128.load(p + o), vq = v128.load(q + o);
    v128.store(p + o, f32x4.add(vp, f32x4.mul(gp, vq)));
    v128.store(q + o, f32x4.add(vq, f32x4.mul(gq, vp)));
  }
  store<f32>(a.pScale + (user << 2), nextP);
  store<f32>(a.qScale + (item << 2), nextQ);
  if (nextP < smallest) multiplyOut(p, bytes, a.pScale + (user << 2));
  if (nextQ < smallest) multiplyOut(q, bytes, a.qScale + (item << 2));
}

function multiplyOut(row: usize, bytes: usize, scale: usize): void {
  scaleRow(row, bytes, load<f32>(scale));
  store<f32>(scale, 1);
}
