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
  const step = f32x4.splat(load<f32>(a.taste)), length = f32x4.splat(load<f32>(a.taste, 4));
  const added = f32x4.splat(load<f32>(a.taste, 8));
  for (let block: u32 = 0; block < a.blocks; block++) {
    let highest = f32x4.splat(-Infinity);
    for (let item = block << 4; item < (block + 1) << 4; item += 4) {
      const at = <usize>item << 2;
      const products = f32x4.convert_i32x4_s(fourProducts(a.p, a.q + item * a.bytes, a.bytes));
      const score = f32x4.mul(f32x4.mul(products, v128.load(a.scales + at)), step);
      const slack = f32x4.add(f32x4.mul(v128.load(a.slacks + at), length), added);
      const bound = f32x4.add(f32x4.add(score, v128.load(a.biases + at)), slack);
      v128.store(a.bounds + at, bound);
      highest = f32x4.max(highest, bound);
    }
    highest = f32x4.max(highest, v128.shuffle<f32>(highest, highest, 2, 3, 0, 1));
    store<f32>(
      a.highest + (block << 2),
      max(f32x4.extract_lane(highest, 0), f32x4.extract_lane(highest, 1)),
    );
  }
}

/** p · q of four rows, of `bytes` (a multiple of 8) each. */
// @inline
function fourProducts(p: usize, q0: usize, bytes: usize): v128 {
  const q1 = q0 + bytes, q2 = q1 + bytes, q3 = q2 + bytes;
  let s0 = i32x4.splat(0), s1 = i32x4.splat(0), s2 = i32x4.splat(0), s3 = i32x4.splat(0);
  for (let o: usize = 0; o < bytes; o += 8) {
    const vp = v128.load(p + (o << 1));
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(vp, v128.load_ext<i8>(q0 + o)));
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(vp, v128.load_ext<i8>(q1 + o)));
    s2 = i32x4.add(s2, i32x4.dot_i16x8_s(vp, v128.load_ext<i8>(q2 + o)));
    s3 = i32x4.add(s3, i32x4.dot_i16x8_s(vp, v128.load_ext<i8>(q3 + o)));
  }
  const s01 = i32x4.add(v128.shuffle<i32>(s0, s1, 0, 4, 1, 5), v128.shuffle<i32>(s0, s1, 2, 6, 3, 7));
  const s23 = i32x4.add(v128.shuffle<i32>(s2, s3, 0, 4, 1, 5), v128.shuffle<i32>(s2, s3, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i64>(s01, s23, 0, 2), v128.shuffle<i64>(s01, s23, 1, 3));
}
