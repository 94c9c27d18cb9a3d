/** The four lanes of `v`, summed as (0 + 2) + (1 + 3): the twins in TypeScript use the same order. */
// @inline
export function sumLanes(v: v128): f32 {
  const halves = f32x4.add(v, i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return f32x4.extract_lane(halves, 0) + f32x4.extract_lane(halves, 1);
}

/** a · b over `bytes` (a multiple of 16), one accumulator of four lanes. */
// @inline
export function dot(a: usize, b: usize, bytes: usize): f32 {
  let sum = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(a + at), v128.load(b + at)));
  }
  return sumLanes(sum);
}

/** row ← factor · row. */
// @inline
export function scaleRow(row: usize, bytes: usize, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (let at: usize = 0; at < bytes; at += 16) v128.store(row + at, f32x4.mul(factors, v128.load(row + at)));
}
