/** Rows and columns of a block; src/kernels/invert.ts pads matrices to whole blocks. */
const SIZE: u32 = 64;

/** Laid out word for word by src/kernels/invert.ts. */
@unmanaged
class SweepArguments {
  /** Lower triangle of blocks, row-major, `bytes` per row. */
  matrix: usize;
  bytes: u32;
  /** The column being swept, block by block, transposed. */
  panel: usize;
  /** The same times the inverse of the pivot block. */
  gains: usize;
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
  else updateRow<T>(a, pivot, a.bytes / rowBytes<T>() - 1 - task);
}

export function sweepBlocks32(args: usize, phase: u32, task: u32): void {
  sweep<f32>(args, phase, task);
}

export function sweepBlocks64(args: usize, phase: u32, task: u32): void {
  sweep<f64>(args, phase, task);
}

/** Bytes of a row of a block. */
// @ts-ignore: decorator
@inline
export function rowBytes<T>(): usize {
  return SIZE * sizeof<T>();
}

/** Gauss–Jordan in doubles; the Schur complement of a positive definite matrix needs no pivoting. */
function invertPivot<T>(a: SweepArguments, pivot: u32): void {
  const source = a.matrix + pivot * SIZE * a.bytes + pivot * rowBytes<T>();
  const s = a.scratch;
  for (let i: u32 = 0; i < SIZE; i++) {
    for (let j: u32 = 0; j <= i; j++) {
      const value = <f64>load<T>(source + i * a.bytes + j * sizeof<T>());
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
      const factor = load<f64>(row + (p << 3));
      store<f64>(row + (p << 3), 0);
      for (let j: u32 = 0; j < SIZE; j++) {
        store<f64>(row + (j << 3), load<f64>(row + (j << 3)) - factor * load<f64>(pivotRow + (j << 3)));
      }
    }
  }
  for (let at: u32 = 0; at < SIZE * SIZE; at++) store<T>(a.inverse + at * sizeof<T>(), <T>load<f64>(s + (at << 3)));
}

/** Keeps the old column block transposed, multiplies it by the inverse, and writes it back. */
function sweepColumn<T>(a: SweepArguments, pivot: u32, block: u32): void {
  const rows = max(block, pivot), columns = min(block, pivot);
  const cell = a.matrix + rows * SIZE * a.bytes + columns * rowBytes<T>();
  if (block == pivot) {
    for (let at: u32 = 0; at < SIZE * SIZE; at++) {
      store<T>(cell + (at / SIZE) * a.bytes + (at % SIZE) * sizeof<T>(), <T>-load<T>(a.inverse + at * sizeof<T>()));
    }
    return;
  }
  const panel = a.panel + block * SIZE * rowBytes<T>(), gains = a.gains + block * SIZE * rowBytes<T>();
  // panel[k][i] = P[i][k]; below the diagonal of blocks P is stored as such, above it as its transpose.
  for (let i: u32 = 0; i < SIZE; i++) {
    for (let k: u32 = 0; k < SIZE; k++) {
      const value = block > pivot ? load<T>(cell + i * a.bytes + k * sizeof<T>()) : load<T>(cell + k * a.bytes + i * sizeof<T>());
      store<T>(panel + (k * SIZE + i) * sizeof<T>(), value);
    }
  }
  memory.fill(gains, 0, SIZE * rowBytes<T>());
  for (let i: u32 = 0; i < SIZE; i++) {
    const target = gains + i * rowBytes<T>();
    for (let k: u32 = 0; k < SIZE; k++) {
      const factor = v128.load_splat<T>(panel + (k * SIZE + i) * sizeof<T>());
      const row = a.inverse + k * rowBytes<T>();
      for (let o: usize = 0; o < rowBytes<T>(); o += 16) {
        v128.store(target + o, v128.add<T>(v128.load(target + o), v128.mul<T>(factor, v128.load(row + o))));
      }
    }
  }
  for (let i: u32 = 0; i < SIZE; i++) {
    for (let k: u32 = 0; k < SIZE; k++) {
      const value = load<T>(gains + (i * SIZE + k) * sizeof<T>());
      if (block > pivot) store<T>(cell + i * a.bytes + k * sizeof<T>(), value);
      else store<T>(cell + k * a.bytes + i * sizeof<T>(), value);
    }
  }
}

function updateRow<T>(a: SweepArguments, pivot: u32, block: u32): void {
  if (block == pivot) return;
  const gains = a.gains + block * SIZE * rowBytes<T>();
  for (let column: u32 = 0; column <= block; column++) {
    if (column == pivot) continue;
    const panel = a.panel + column * SIZE * rowBytes<T>();
    const cell = a.matrix + block * SIZE * a.bytes + column * rowBytes<T>();
    for (let i: usize = 0; i < SIZE; i += 4) {
      for (let o: usize = 0; o < rowBytes<T>(); o += 32) {
        updateTile<T>(gains + i * rowBytes<T>(), panel + o, cell + i * a.bytes + o, a.bytes);
      }
    }
  }
}

/** Four rows × two vectors of columns of A_ij − G_i P_jᵀ, held in eight registers. */
function updateTile<T>(gains: usize, panel: usize, cell: usize, bytes: usize): void {
  let a0 = v128.splat<T>(0), a1 = v128.splat<T>(0), b0 = v128.splat<T>(0), b1 = v128.splat<T>(0);
  let c0 = v128.splat<T>(0), c1 = v128.splat<T>(0), d0 = v128.splat<T>(0), d1 = v128.splat<T>(0);
  for (let k: usize = 0; k < SIZE; k++) {
    const left = v128.load(panel + k * rowBytes<T>()), right = v128.load(panel + k * rowBytes<T>(), 16);
    const gain = gains + k * sizeof<T>();
    let factor = v128.load_splat<T>(gain);
    a0 = v128.add<T>(a0, v128.mul<T>(factor, left));
    a1 = v128.add<T>(a1, v128.mul<T>(factor, right));
    factor = v128.load_splat<T>(gain, rowBytes<T>());
    b0 = v128.add<T>(b0, v128.mul<T>(factor, left));
    b1 = v128.add<T>(b1, v128.mul<T>(factor, right));
    factor = v128.load_splat<T>(gain, 2 * rowBytes<T>());
    c0 = v128.add<T>(c0, v128.mul<T>(factor, left));
    c1 = v128.add<T>(c1, v128.mul<T>(factor, right));
    factor = v128.load_splat<T>(gain, 3 * rowBytes<T>());
    d0 = v128.add<T>(d0, v128.mul<T>(factor, left));
    d1 = v128.add<T>(d1, v128.mul<T>(factor, right));
  }
  subtract<T>(cell, a0, a1);
  subtract<T>(cell + bytes, b0, b1);
  subtract<T>(cell + 2 * bytes, c0, c1);
  subtract<T>(cell + 3 * bytes, d0, d1);
}

function subtract<T>(cell: usize, left: v128, right: v128): void {
  v128.store(cell, v128.sub<T>(v128.load(cell), left));
  v128.store(cell, v128.sub<T>(v128.load(cell, 16), right), 16);
}
