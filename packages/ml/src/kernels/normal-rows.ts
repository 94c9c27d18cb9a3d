import type { KernelPool } from "./pool.ts";

/** Shape and distribution of random rows; `stride` (a multiple of 4) ≥ `width`, the rest of a row stays as it is. */
export interface NormalRows {
  readonly count: number;
  readonly width: number;
  readonly stride: number;
  readonly mean: number;
  readonly deviation: number;
  /** A whole number; each row has its own stream. */
  readonly seed: number;
}

const slices = 64;

/** Fills `rows` with draws from N(mean, deviation²), float32 in steps of 24 random bits, on every worker. */
export async function fillNormalRows(pool: KernelPool, rows: Float32Array, shape: NormalRows): Promise<void> {
  const args = pool.arena.words([
    rows,
    { u32: shape.count },
    { u32: shape.width },
    { u32: shape.stride * 4 },
    { u32: slices },
    { u32: shape.seed },
    { f32: shape.mean },
    { f32: shape.deviation },
  ]);
  await pool.run({ kernel: "normalRows", args, tasks: slices });
}
