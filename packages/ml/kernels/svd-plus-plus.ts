/** Laid out word for word by src/kernels/svd-plus-plus.ts; rows of p, q and y are `bytes` long, a multiple of 16. */
@unmanaged
class SvdPlusPlusArguments {
  /** Where the ratings of a user begin, their items, and their values in doubles. */
  starts: usize;
  items: usize;
  values: usize;
  /** Where a user's distinct items begin, and these. */
  ratedStarts: usize;
  rated: usize;
  /** Calls per epoch, and the first user of each. */
  parts: u32;
  users: usize;
  p: usize;
  q: usize;
  y: usize;
  bu: usize;
  bi: usize;
  bytes: u32;
  /** Scratch rows: z, and what the y of the user are to be moved by. */
  z: usize;
  shift: usize;
  rates: usize;
}

/** Learning rates γ, and what a step keeps: 1 − γλ. In doubles, behind `rates`. */
@unmanaged
class Rates {
  mean: f64;
  bu: f64;
  keepBu: f64;
  bi: f64;
  keepBi: f64;
  p: f64;
  keepP: f64;
  q: f64;
  keepQ: f64;
  y: f64;
  keepY: f64;
}

/**
 * An epoch of SVD++ for one part of the users, in their order: phase = epoch · parts + part; one task. The steps are
 * those of src/kernels/plain-svd-plus-plus.ts, in doubles.
 */
export function sweepSvdPlusPlus(args: usize, phase: u32, task: u32): void {
  sweep(args, phase, false);
}

/** The same with the steps for y gathered over the ratings of a user. */
export function sweepSvdPlusPlusAccumulated(args: usize, phase: u32, task: u32): void {
  sweep(args, phase, true);
}

// @inline
function sweep(args: usize, phase: u32, accumulated: bool): void {
  const a = changetype<SvdPlusPlusArguments>(args);
  const rates = changetype<Rates>(a.rates);
  const part = a.users + ((phase % a.parts) << 2);
  for (let user = load<u32>(part), to = load<u32>(part, 4); user < to; user++) {
    const from = load<u32>(a.ratedStarts + (user << 2)), end = load<u32>(a.ratedStarts + (user << 2), 4);
    const count = <f64>(end - from), root = 1.0 / Math.sqrt(count);
    sumRated(a, from, end, root);
    memory.fill(a.shift, 0, a.bytes);
    const kept = visitRatings(a, rates, user, count, root, accumulated);
    if (accumulated) moveRated(a, from, end, rates.keepY, rates.y / count);
    else moveRated(a, from, end, kept, 1);
  }
}

/** z ← root · Σ y_j. */
function sumRated(a: SvdPlusPlusArguments, from: u32, end: u32, root: f64): void {
  const z = a.z, bytes = a.bytes, roots = f64x2.splat(root);
  memory.fill(z, 0, bytes);
  for (let at = from; at < end; at++) {
    const y = a.y + load<u32>(a.rated + (at << 2)) * bytes;
    for (let o: usize = 0; o < bytes; o += 16) v128.store(z + o, f64x2.add(v128.load(z + o), v128.load(y + o)));
  }
  for (let o: usize = 0; o < bytes; o += 16) v128.store(z + o, f64x2.mul(roots, v128.load(z + o)));
}

/** y_j ← keep · y_j + gain · shift. */
function moveRated(a: SvdPlusPlusArguments, from: u32, end: u32, keep: f64, gain: f64): void {
  const shift = a.shift, bytes = a.bytes, keeps = f64x2.splat(keep), gains = f64x2.splat(gain);
  for (let at = from; at < end; at++) {
    const y = a.y + load<u32>(a.rated + (at << 2)) * bytes;
    for (let o: usize = 0; o < bytes; o += 16) {
      v128.store(y + o, f64x2.add(f64x2.mul(keeps, v128.load(y + o)), f64x2.mul(gains, v128.load(shift + o))));
    }
  }
}

/** All steps of a user but those of y, which are left in `shift`; returns what share of y they keep. */
// @inline
function visitRatings(a: SvdPlusPlusArguments, r: Rates, user: u32, count: f64, root: f64, accumulated: bool): f64 {
  const bytes = a.bytes, z = a.z, shift = a.shift, p = a.p + user * bytes;
  const keepP = f64x2.splat(r.keepP), keepQ = f64x2.splat(r.keepQ), keepY = f64x2.splat(r.keepY);
  const spread = f64x2.splat(count * root);
  let kept = 1.0, userBias = load<f64>(a.bu + (user << 3));
  for (let at = load<u32>(a.starts + (user << 2)), end = load<u32>(a.starts + (user << 2), 4); at < end; at++) {
    const item = load<u32>(a.items + (at << 2));
    const q = a.q + item * bytes, bias = a.bi + (item << 3);
    let sum = f64x2.splat(0);
    for (let o: usize = 0; o < bytes; o += 16) {
      sum = f64x2.add(sum, f64x2.mul(v128.load(q + o), f64x2.add(v128.load(p + o), v128.load(z + o))));
    }
    const itemBias = load<f64>(bias);
    const affinity = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
    const error = load<f64>(a.values + (at << 3)) - r.mean - userBias - itemBias - affinity;
    userBias = r.keepBu * userBias + r.bu * error;
    store<f64>(bias, r.keepBi * itemBias + r.bi * error);
    const gainP = f64x2.splat(r.p * error), gainQ = f64x2.splat(r.q * error);
    const gainY = f64x2.splat(accumulated ? error * root : r.y * error * root);
    for (let o: usize = 0; o < bytes; o += 16) {
      const vp = v128.load(p + o), vq = v128.load(q + o), vz = v128.load(z + o);
      const step = f64x2.mul(gainY, vq);
      if (accumulated) v128.store(shift + o, f64x2.add(v128.load(shift + o), step));
      else {
        v128.store(shift + o, f64x2.add(f64x2.mul(keepY, v128.load(shift + o)), step));
        v128.store(z + o, f64x2.add(f64x2.mul(keepY, vz), f64x2.mul(spread, step)));
      }
      v128.store(p + o, f64x2.add(f64x2.mul(keepP, vp), f64x2.mul(gainP, vq)));
      v128.store(q + o, f64x2.add(f64x2.mul(keepQ, vq), f64x2.mul(gainQ, f64x2.add(vp, vz))));
    }
    kept *= r.keepY;
  }
  store<f64>(a.bu + (user << 3), userBias);
  return kept;
}
