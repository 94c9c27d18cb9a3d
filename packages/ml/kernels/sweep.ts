/** Rows and columns of a block; src/kernels/invert.ts pads matrices to whole blocks. */
const SIZE: u32 = 128;
/** Bytes of a strip's step: 4 doubles or 8 floats, two vectors. */
const STEP: usize = 32;
/** Bytes of a strip: a step for each row, or column, of a block. */
const STRIP: usize = SIZE * STEP;

/** Laid out word for word by src/kernels/invert.ts. */
@unmanaged
class SweepArguments {
  /** Lower triangle of blocks, row-major, `bytes` per row. */
  matrix: usize;
  bytes: u32;
  /** The column being swept, in strips of {@link STEP} of its rows: what the inner loop reads lies side by side. */
  panel: usize;
  /** The same times the inverse of the pivot block. */
  gains: usize;
  /** Of the pivot block, in strips. */
  inverse: usize;
  /** Doubles, for inverting one block. */
  scratch: usize;
}

/**
 * The sweep operator block by block: after every block, the matrix is minus its inverse. Per pivot block k with
 * D = A_kk and P = A_:k: A_kk ← −D⁻¹, A_ik ← P_i D⁻¹, A_ij ← A_ij − P_i D⁻¹ P_jᵀ. Three phases per pivot block,
 * one task per row of blocks.
 */
function sweep<T>(args: usize, phase: u32, task: u32): void {
  const a = changetype<SweepArguments>(args);
  const pivot = phase / 3, part = phase % 3;
  if (part == 0) {
    if (task == 0) invertPivot<T>(a, pivot);
  } else if (part == 1) sweepColumn<T>(a, pivot, task);
  else updateRow<T>(a, pivot, a.bytes / <u32>rowBytes<T>() - 1 - task);
}

export function sweepBlocks32(args: usize, phase: u32, task: u32): void {
  sweep<f32>(args, phase, task);
}

export function sweepBlocks64(args: usize, phase: u32, task: u32): void {
  sweep<f64>(args, phase, task);
}

/** Bytes of a row of a block. */
// @inline
function rowBytes<T>(): usize {
  return SIZE * sizeof<T>();
}

/** Bytes of a block. */
// @inline
function blockBytes<T>(): usize {
  return SIZE * rowBytes<T>();
}

/** Where strips keep the number of a row and a step. */
// @inline
function inStrips<T>(block: usize, row: u32, step: u32): usize {
  const width = <u32>(STEP / sizeof<T>());
  return block + (row / width) * STRIP + step * STEP + (row % width) * sizeof<T>();
}

/** Gauss–Jordan in doubles; the Schur complement of a positive definite matrix needs no pivoting. */
function invertPivot<T>(a: SweepArguments, pivot: u32): void {
  const source = a.matrix + pivot * SIZE * a.bytes + pivot * <u32>rowBytes<T>();
  const s = a.scratch;
  for (let i: u32 = 0; i < SIZE; i++) {
    for (let j: u32 = 0; j <= i; j++) {
      const value = <f64>load<T>(source + i * a.bytes + j * <u32>sizeof<T>());
      store<f64>(s + ((i * SIZE + j) << 3), value);
      store<f64>(s + ((j * SIZE + i) << 3), value);
    }
  }
  for (let p: u32 = 0; p < SIZE; p++) {
    const pivotRow = s + ((p * SIZE) << 3);
    // Not positive definite: NaN spreads to the whole result, where the caller finds it.
    const value = load<f64>(pivotRow + (p << 3));
    const reciprocal: f64 = value > 0 ? 1.0 / value : NaN;
    store<f64>(pivotRow + (p << 3), 1);
    for (let j: u32 = 0; j < SIZE; j++) store<f64>(pivotRow + (j << 3), load<f64>(pivotRow + (j << 3)) * reciprocal);
    for (let i: u32 = 0; i < SIZE; i++) {
      if (i == p) continue;
      const row = s + ((i * SIZE) << 3);
      const factor = f64x2.splat(load<f64>(row + (p << 3)));
      store<f64>(row + (p << 3), 0);
      for (let o: u32 = 0; o < SIZE << 3; o += 16) {
        v128.store(row + o, f64x2.sub(v128.load(row + o), f64x2.mul(factor, v128.load(pivotRow + o))));
      }
    }
  }
  for (let i: u32 = 0; i < SIZE; i++) {
    for (let j: u32 = 0; j < SIZE; j++) store<T>(inStrips<T>(a.inverse, i, j), <T>load<f64>(s + ((i * SIZE + j) << 3)));
  }
}

/** Keeps the old column block in strips, multiplies it by the inverse, and writes it back. */
function sweepColumn<T>(a: SweepArguments, pivot: u32, block: u32): void {
  const rows = max(block, pivot), columns = min(block, pivot);
  const cell = a.matrix + rows * SIZE * a.bytes + columns * <u32>rowBytes<T>();
  if (block == pivot) {
    for (let i: u32 = 0; i < SIZE; i++) {
      for (let j: u32 = 0; j <= i; j++) {
        store<T>(cell + i * a.bytes + j * <u32>sizeof<T>(), <T>-load<T>(inStrips<T>(a.inverse, i, j)));
      }
    }
    return;
  }
  // Below the diagonal of blocks P is stored as such, above it as its transpose.
  const byRow: u32 = block > pivot ? a.bytes : <u32>sizeof<T>(), byStep: u32 = block > pivot ? <u32>sizeof<T>() : a.bytes;
  const panel = a.panel + block * blockBytes<T>(), gains = a.gains + block * blockBytes<T>();
  for (let i: u32 = 0; i < SIZE; i++) {
    for (let k: u32 = 0; k < SIZE; k++) store<T>(inStrips<T>(panel, i, k), load<T>(cell + i * byRow + k * byStep));
  }
  // The gains transposed, D⁻¹ Pᵀ, are the gains in strips.
  for (let i: u32 = 0; i < SIZE; i += <u32>(STEP / sizeof<T>())) {
    const strip = inStrips<T>(0, i, 0);
    for (let k: u32 = 0; k < SIZE; k += 4) {
      multiplyTile<T>(inStrips<T>(a.inverse, k, 0), panel + strip, gains + strip + k * STEP, STEP, false);
    }
  }
  for (let i: u32 = 0; i < SIZE; i++) {
    for (let k: u32 = 0; k < SIZE; k++) store<T>(cell + i * byRow + k * byStep, load<T>(inStrips<T>(gains, i, k)));
  }
}

function updateRow<T>(a: SweepArguments, pivot: u32, block: u32): void {
  if (block == pivot) return;
  const gains = a.gains + block * blockBytes<T>();
  for (let column: u32 = 0; column <= block; column++) {
    if (column == pivot) continue;
    const panel = a.panel + column * blockBytes<T>();
    const cell = a.matrix + block * SIZE * a.bytes + column * <u32>rowBytes<T>();
    for (let i: u32 = 0; i < SIZE; i += 4) {
      const gain = inStrips<T>(gains, i, 0), row = cell + i * a.bytes;
      for (let o: usize = 0, strip = panel; o < rowBytes<T>(); o += STEP, strip += STRIP) {
        multiplyTile<T>(gain, strip, row + o, a.bytes, true);
      }
    }
  }
}

/**
 * Four rows × two vectors of columns of the product of two strips, summed in eight registers; `subtracted` from
 * `cell`, or stored in it.
 */
// @inline
function multiplyTile<T>(left: usize, right: usize, cell: usize, bytes: usize, subtracted: bool): void {
  let a0 = v128.splat<T>(0), a1 = v128.splat<T>(0), b0 = v128.splat<T>(0), b1 = v128.splat<T>(0);
  let c0 = v128.splat<T>(0), c1 = v128.splat<T>(0), d0 = v128.splat<T>(0), d1 = v128.splat<T>(0);
  for (const end = left + STRIP; left < end; left += STEP, right += STEP) {
    const v0 = v128.load(right), v1 = v128.load(right, 16);
    let factor = v128.load_splat<T>(left);
    a0 = v128.add<T>(a0, v128.mul<T>(factor, v0));
    a1 = v128.add<T>(a1, v128.mul<T>(factor, v1));
    factor = v128.load_splat<T>(left, sizeof<T>());
    b0 = v128.add<T>(b0, v128.mul<T>(factor, v0));
    b1 = v128.add<T>(b1, v128.mul<T>(factor, v1));
    factor = v128.load_splat<T>(left, 2 * sizeof<T>());
    c0 = v128.add<T>(c0, v128.mul<T>(factor, v0));
    c1 = v128.add<T>(c1, v128.mul<T>(factor, v1));
    factor = v128.load_splat<T>(left, 3 * sizeof<T>());
    d0 = v128.add<T>(d0, v128.mul<T>(factor, v0));
    d1 = v128.add<T>(d1, v128.mul<T>(factor, v1));
  }
  put<T>(cell, a0, a1, subtracted);
  put<T>(cell + bytes, b0, b1, subtracted);
  put<T>(cell + 2 * bytes, c0, c1, subtracted);
  put<T>(cell + 3 * bytes, d0, d1, subtracted);
}

// @inline
function put<T>(cell: usize, left: v128, right: v128, subtracted: bool): void {
  v128.store(cell, subtracted ? v128.sub<T>(v128.load(cell), left) : left);
  v128.store(cell, subtracted ? v128.sub<T>(v128.load(cell, 16), right) : right, 16);
}
