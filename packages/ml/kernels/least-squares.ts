import { claimSlot, releaseSlot } from "./slot";
import { dot } from "./vector";

/** Laid out word for word by src/kernels/least-squares.ts. Matrices are row-major, `bytes` per row. */
@unmanaged
class GramArguments {
  rows: usize;
  count: u32;
  bytes: u32;
  tasks: u32;
  /** One matrix per task. */
  partial: usize;
}

/** The lower triangle of Σ h hᵀ over a slice of rows. Slices are fixed by the data, so is the order of the sums. */
export function gramSlices(args: usize, phase: u32, task: u32): void {
  const a = changetype<GramArguments>(args);
  const bytes = a.bytes;
  const matrix = a.partial + task * (bytes * (bytes >> 2));
  const from = <u32>((<u64>a.count * task) / a.tasks), to = <u32>((<u64>a.count * (task + 1)) / a.tasks);
  memory.fill(matrix, 0, bytes * (bytes >> 2));
  for (let row = from; row < to; row++) {
    const h = a.rows + row * bytes;
    addOuter(matrix, h, 1, bytes);
  }
}

@unmanaged
class SolveArguments {
  starts: usize;
  columns: usize;
  weights: usize;
  targets: usize;
  /** Factors of the fixed side. */
  fixed: usize;
  bytes: u32;
  width: u32;
  /** Added to every row's matrix; lower triangle. */
  base: usize;
  /** Added to the diagonal, one per row. */
  diagonal: usize;
  solutions: usize;
  rowCount: u32;
  tasks: u32;
  slots: usize;
  scratch: usize;
  scratchBytes: u32;
}

/** For a slice of rows: (base + Σ c h hᵀ + diagonal · I) w = Σ b h over the row's entries, by Cholesky. */
export function solveRows(args: usize, phase: u32, task: u32): void {
  const a = changetype<SolveArguments>(args);
  const slot = claimSlot(a.slots);
  const matrix = a.scratch + slot * a.scratchBytes;
  const bytes = a.bytes;
  for (let row = task; row < a.rowCount; row += a.tasks) {
    const solution = a.solutions + row * bytes;
    memory.copy(matrix, a.base, bytes * (bytes >> 2));
    memory.fill(solution, 0, bytes);
    const diagonal = load<f32>(a.diagonal + (row << 2));
    for (let k: u32 = 0; k < a.width; k++) {
      const cell = matrix + k * bytes + (k << 2);
      store<f32>(cell, load<f32>(cell) + diagonal);
    }
    const to = load<u32>(a.starts + (row << 2), 4);
    let at = load<u32>(a.starts + (row << 2));
    for (; at + 4 <= to; at += 4) addOuters(a, matrix, at);
    for (; at < to; at++) {
      addOuter(matrix, a.fixed + load<u32>(a.columns + (at << 2)) * bytes, load<f32>(a.weights + (at << 2)), bytes);
    }
    for (at = load<u32>(a.starts + (row << 2)); at < to; at++) {
      const h = a.fixed + load<u32>(a.columns + (at << 2)) * bytes;
      const target = f32x4.splat(load<f32>(a.targets + (at << 2)));
      for (let o: usize = 0; o < bytes; o += 16) {
        v128.store(solution + o, f32x4.add(v128.load(solution + o), f32x4.mul(target, v128.load(h + o))));
      }
    }
    solve(matrix, solution, a.width, bytes);
  }
  releaseSlot(a.slots, slot);
}

/** matrix += weight · h hᵀ, lower triangle (rounded up to whole vectors). */
function addOuter(matrix: usize, h: usize, weight: f32, bytes: usize): void {
  for (let k: usize = 0; k < bytes; k += 4) {
    const factor = f32x4.splat(weight * load<f32>(h + k));
    const row = matrix + (k >> 2) * bytes;
    for (let o: usize = 0; o <= k; o += 16) {
      v128.store(row + o, f32x4.add(v128.load(row + o), f32x4.mul(factor, v128.load(h + o))));
    }
  }
}

/** Four entries at once: a fourth of the loads and stores of the matrix. */
function addOuters(a: SolveArguments, matrix: usize, at: u32): void {
  const bytes = a.bytes;
  const columns = a.columns + (at << 2), weights = a.weights + (at << 2);
  const h0 = a.fixed + load<u32>(columns) * bytes, h1 = a.fixed + load<u32>(columns, 4) * bytes;
  const h2 = a.fixed + load<u32>(columns, 8) * bytes, h3 = a.fixed + load<u32>(columns, 12) * bytes;
  const c0 = load<f32>(weights), c1 = load<f32>(weights, 4), c2 = load<f32>(weights, 8), c3 = load<f32>(weights, 12);
  for (let k: usize = 0; k < bytes; k += 4) {
    const f0 = f32x4.splat(c0 * load<f32>(h0 + k)), f1 = f32x4.splat(c1 * load<f32>(h1 + k));
    const f2 = f32x4.splat(c2 * load<f32>(h2 + k)), f3 = f32x4.splat(c3 * load<f32>(h3 + k));
    const row = matrix + (k >> 2) * bytes;
    for (let o: usize = 0; o <= k; o += 16) {
      const left = f32x4.add(f32x4.mul(f0, v128.load(h0 + o)), f32x4.mul(f1, v128.load(h1 + o)));
      const right = f32x4.add(f32x4.mul(f2, v128.load(h2 + o)), f32x4.mul(f3, v128.load(h3 + o)));
      v128.store(row + o, f32x4.add(v128.load(row + o), f32x4.add(left, right)));
    }
  }
}

/** matrix ← its Cholesky factor L (lower); solution ← (L Lᵀ)⁻¹ solution. */
function solve(matrix: usize, solution: usize, width: u32, bytes: usize): void {
  for (let i: u32 = 0; i < width; i++) {
    const row = matrix + i * bytes;
    for (let j: u32 = 0; j < i; j++) {
      const other = matrix + j * bytes;
      store<f32>(row + (j << 2), (load<f32>(row + (j << 2)) - head(row, other, j)) * load<f32>(other + (j << 2)));
    }
    // The diagonal holds reciprocals: one division per row. A pivot of 0 or less is rounding: the row drops out.
    const pivot = load<f32>(row + (i << 2)) - head(row, row, i);
    const reciprocal: f32 = pivot > 1e-30 ? <f32>(1.0 / Math.sqrt(pivot)) : 0;
    store<f32>(row + (i << 2), reciprocal);
    store<f32>(solution + (i << 2), (load<f32>(solution + (i << 2)) - head(row, solution, i)) * reciprocal);
  }
  for (let i = width; i-- > 0; ) {
    const row = matrix + i * bytes;
    const value = load<f32>(solution + (i << 2)) * load<f32>(row + (i << 2));
    store<f32>(solution + (i << 2), value);
    for (let j: u32 = 0; j < i; j++) {
      const cell = solution + (j << 2);
      store<f32>(cell, load<f32>(cell) - value * load<f32>(row + (j << 2)));
    }
  }
}

/** The dot product of the first `length` entries. */
function head(a: usize, b: usize, length: u32): f32 {
  const whole = (length << 2) & ~15;
  let sum = dot(a, b, whole);
  for (let o: usize = whole; o < length << 2; o += 4) sum += load<f32>(a + o) * load<f32>(b + o);
  return sum;
}
