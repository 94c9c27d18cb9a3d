/** Laid out word for word by src/kernels/score-bounds.ts. */
@unmanaged
class BoundArguments {
  blocks: u32;
  bytes: u32;
  q: usize;
  scales: usize;
  slacks: usize;
  biases: usize;
  p: usize;
  /** Three numbers: the step of p, its length, and what is added to every bound. */
  taste: usize;
  bounds: usize;
  highest: usize;
}

/** What no item's b_i + p · q_i exceeds, from factors of 8 bits; and the highest of every sixteen. */
export function boundScores(args: usize, phase: u32, task: u32): void {
  const a = changetype<BoundArguments>(args);
  for (let block: u32 = 0; block < a.blocks; block++) {
    const highest = f32x4.max(boundEight(a, block << 4), boundEight(a, (block << 4) + 8));
    const pairs = f32x4.max(highest, v128.shuffle<f32>(highest, highest, 2, 3, 0, 1));
    store<f32>(a.highest + (block << 2), max(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1)));
  }
}

/** The bounds of eight items, whose rows lie in turns of eight bytes. Returns the higher ones. */
// @inline
function boundEight(a: BoundArguments, item: u32): v128 {
  let s0 = i32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  let q = a.q + item * a.bytes;
  for (let p = a.p, end = a.p + (a.bytes << 1); p < end; p += 16, q += 64) {
    const vp = v128.load(p);
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(vp, v128.load_ext<i8>(q)));
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(vp, v128.load_ext<i8>(q, 8)));
    s2 = i32x4.add(s2, i32x4.dot_i16x8_s(vp, v128.load_ext<i8>(q, 16)));
    s3 = i32x4.add(s3, i32x4.dot_i16x8_s(vp, v128.load_ext<i8>(q, 24)));
    s4 = i32x4.add(s4, i32x4.dot_i16x8_s(vp, v128.load_ext<i8>(q, 32)));
    s5 = i32x4.add(s5, i32x4.dot_i16x8_s(vp, v128.load_ext<i8>(q, 40)));
    s6 = i32x4.add(s6, i32x4.dot_i16x8_s(vp, v128.load_ext<i8>(q, 48)));
    s7 = i32x4.add(s7, i32x4.dot_i16x8_s(vp, v128.load_ext<i8>(q, 56)));
  }
  return f32x4.max(boundFour(a, item, s0, s1, s2, s3), boundFour(a, item + 4, s4, s5, s6, s7));
}

// @inline
function boundFour(a: BoundArguments, item: u32, s0: v128, s1: v128, s2: v128, s3: v128): v128 {
  const s01 = i32x4.add(v128.shuffle<i32>(s0, s1, 0, 4, 1, 5), v128.shuffle<i32>(s0, s1, 2, 6, 3, 7));
  const s23 = i32x4.add(v128.shuffle<i32>(s2, s3, 0, 4, 1, 5), v128.shuffle<i32>(s2, s3, 2, 6, 3, 7));
  const sums = i32x4.add(v128.shuffle<i64>(s01, s23, 0, 2), v128.shuffle<i64>(s01, s23, 1, 3));
  const at = item << 2;
  const step = f32x4.splat(load<f32>(a.taste)), length = f32x4.splat(load<f32>(a.taste, 4));
  const score = f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(sums), v128.load(a.scales + at)), step);
  const slack = f32x4.add(f32x4.mul(v128.load(a.slacks + at), length), f32x4.splat(load<f32>(a.taste, 8)));
  const bound = f32x4.add(f32x4.add(score, v128.load(a.biases + at)), slack);
  v128.store(a.bounds + at, bound);
  return bound;
}
