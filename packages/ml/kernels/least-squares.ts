import { claimSlot, releaseSlot } from "./slot";
import { dot } from "./vector";

/** Entries whose outer products are summed together; src/kernels/least-squares.ts leaves room for them. */
const CHUNK: u32 = 64;

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
  /** Added to every row's matrix; both triangles. */
  base: usize;
  /** Added to the diagonal, one per row. */
  diagonal: usize;
  solutions: usize;
  rowCount: u32;
  tasks: u32;
  slots: usize;
  scratch: usize;
  scratchBytes: u32;
  /** Of conjugate gradients, for {@link improveRows}. */
  steps: u32;
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
    const from = load<u32>(a.starts + (row << 2)), to = load<u32>(a.starts + (row << 2), 4);
    for (let at = from; at < to; at += CHUNK) addOuters(a, matrix, at, min(CHUNK, to - at));
    for (let at = from; at < to; at++) {
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

/**
 * matrix += Σ weight · h hᵀ over `count` entries. They are gathered behind the matrix first, weighted; then each tile
 * of 4 rows × 8 columns of the lower triangle is summed over all of them in registers.
 */
function addOuters(a: SolveArguments, matrix: usize, at: u32, count: u32): void {
  const bytes = a.bytes;
  const gathered = matrix + bytes * (bytes >> 2), weighted = gathered + CHUNK * bytes;
  for (let n: u32 = 0; n < count; n++) {
    const h = a.fixed + load<u32>(a.columns + ((at + n) << 2)) * bytes;
    const weight = f32x4.splat(load<f32>(a.weights + ((at + n) << 2)));
    for (let o: usize = 0; o < bytes; o += 16) {
      const v = v128.load(h + o);
      v128.store(gathered + n * bytes + o, v);
      v128.store(weighted + n * bytes + o, f32x4.mul(weight, v));
    }
  }
  for (let k: usize = 0; k < bytes; k += 16) {
    const row = matrix + (k >> 2) * bytes;
    let o: usize = 0;
    for (; o < k; o += 32) addTile(row + o, bytes, weighted + k, gathered + o, count);
    if (o == k) addDiagonalTile(row + o, bytes, weighted + k, gathered + o, count);
  }
}

/** Four rows × eight columns; in every other row of tiles the last one takes in the diagonal. */
function addTile(cell: usize, bytes: usize, left: usize, right: usize, count: u32): void {
  let a0 = f32x4.splat(0), a1 = f32x4.splat(0), b0 = f32x4.splat(0), b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0), c1 = f32x4.splat(0), d0 = f32x4.splat(0), d1 = f32x4.splat(0);
  for (const end = left + count * bytes; left < end; left += bytes, right += bytes) {
    const v0 = v128.load(right), v1 = v128.load(right, 16);
    let factor = v128.load32_splat(left);
    a0 = f32x4.add(a0, f32x4.mul(factor, v0));
    a1 = f32x4.add(a1, f32x4.mul(factor, v1));
    factor = v128.load32_splat(left, 4);
    b0 = f32x4.add(b0, f32x4.mul(factor, v0));
    b1 = f32x4.add(b1, f32x4.mul(factor, v1));
    factor = v128.load32_splat(left, 8);
    c0 = f32x4.add(c0, f32x4.mul(factor, v0));
    c1 = f32x4.add(c1, f32x4.mul(factor, v1));
    factor = v128.load32_splat(left, 12);
    d0 = f32x4.add(d0, f32x4.mul(factor, v0));
    d1 = f32x4.add(d1, f32x4.mul(factor, v1));
  }
  addTo(cell, a0);
  addTo(cell + 16, a1);
  addTo(cell + bytes, b0);
  addTo(cell + bytes + 16, b1);
  addTo(cell + 2 * bytes, c0);
  addTo(cell + 2 * bytes + 16, c1);
  addTo(cell + 3 * bytes, d0);
  addTo(cell + 3 * bytes + 16, d1);
}

function addDiagonalTile(cell: usize, bytes: usize, left: usize, right: usize, count: u32): void {
  let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), d = f32x4.splat(0);
  for (const end = left + count * bytes; left < end; left += bytes, right += bytes) {
    const v = v128.load(right);
    a = f32x4.add(a, f32x4.mul(v128.load32_splat(left), v));
    b = f32x4.add(b, f32x4.mul(v128.load32_splat(left, 4), v));
    c = f32x4.add(c, f32x4.mul(v128.load32_splat(left, 8), v));
    d = f32x4.add(d, f32x4.mul(v128.load32_splat(left, 12), v));
  }
  addTo(cell, a);
  addTo(cell + bytes, b);
  addTo(cell + 2 * bytes, c);
  addTo(cell + 3 * bytes, d);
}

function addTo(cell: usize, v: v128): void {
  v128.store(cell, f32x4.add(v128.load(cell), v));
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

/**
 * The same systems, improved by a few steps of conjugate gradients from the solutions at hand: O(entries · width) a
 * step, with no matrix per row. `base` holds both triangles.
 */
export function improveRows(args: usize, phase: u32, task: u32): void {
  const a = changetype<SolveArguments>(args);
  const slot = claimSlot(a.slots);
  const bytes = a.bytes;
  const residual = a.scratch + slot * a.scratchBytes, direction = residual + bytes, image = direction + bytes;
  for (let row = task; row < a.rowCount; row += a.tasks) {
    const x = a.solutions + row * bytes;
    multiplyBase(a, row, x, residual);
    for (let o: usize = 0; o < bytes; o += 16) v128.store(residual + o, f32x4.neg(v128.load(residual + o)));
    addEntries(a, row, x, residual, true);
    memory.copy(direction, residual, bytes);
    let norm = dot(residual, residual, bytes);
    for (let step: u32 = 0; step < a.steps && norm > 1e-20; step++) {
      multiplyBase(a, row, direction, image);
      addEntries(a, row, direction, image, false);
      const length = norm / dot(direction, image, bytes);
      addScaled(x, direction, length, bytes);
      addScaled(residual, image, -length, bytes);
      const next = dot(residual, residual, bytes);
      const ratio = f32x4.splat(next / norm);
      for (let o: usize = 0; o < bytes; o += 16) {
        v128.store(direction + o, f32x4.add(v128.load(residual + o), f32x4.mul(ratio, v128.load(direction + o))));
      }
      norm = next;
    }
  }
  releaseSlot(a.slots, slot);
}

/** result = (base + diagonal · I) v. Rows of the padding are zero, and so are the products with them. */
function multiplyBase(a: SolveArguments, row: u32, v: usize, result: usize): void {
  const bytes = a.bytes, base = a.base;
  const diagonal = load<f32>(a.diagonal + (row << 2));
  for (let k: usize = 0; k < bytes; k += 16) {
    const r0 = base + (k >> 2) * bytes, r1 = r0 + bytes, r2 = r1 + bytes, r3 = r2 + bytes;
    let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
    for (let o: usize = 0; o < bytes; o += 16) {
      const w = v128.load(v + o);
      s0 = f32x4.add(s0, f32x4.mul(w, v128.load(r0 + o)));
      s1 = f32x4.add(s1, f32x4.mul(w, v128.load(r1 + o)));
      s2 = f32x4.add(s2, f32x4.mul(w, v128.load(r2 + o)));
      s3 = f32x4.add(s3, f32x4.mul(w, v128.load(r3 + o)));
    }
    const products = sumEach(s0, s1, s2, s3);
    v128.store(result + k, f32x4.add(products, f32x4.mul(f32x4.splat(diagonal), v128.load(v + k))));
  }
}

/** The sum of each: four vectors at once take as long as one. */
// @inline
function sumEach(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(
    i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27),
    i8x16.shuffle(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31),
  );
  const cd = f32x4.add(
    i8x16.shuffle(c, d, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27),
    i8x16.shuffle(c, d, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31),
  );
  return f32x4.add(
    i8x16.shuffle(ab, cd, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
    i8x16.shuffle(ab, cd, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31),
  );
}

/**
 * result += Σ weight (h · v) h over the entries of a row; of the residual, Σ (target − weight (h · v)) h. Four entries
 * at once: v and the result are read, and the result is written, a quarter as often.
 */
function addEntries(a: SolveArguments, row: u32, v: usize, result: usize, ofResidual: bool): void {
  const bytes = a.bytes;
  const to = load<u32>(a.starts + (row << 2), 4);
  let at = load<u32>(a.starts + (row << 2));
  for (; at + 4 <= to; at += 4) {
    const h0 = entry(a, at), h1 = entry(a, at + 1), h2 = entry(a, at + 2), h3 = entry(a, at + 3);
    let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
    for (let o: usize = 0; o < bytes; o += 16) {
      const w = v128.load(v + o);
      s0 = f32x4.add(s0, f32x4.mul(w, v128.load(h0 + o)));
      s1 = f32x4.add(s1, f32x4.mul(w, v128.load(h1 + o)));
      s2 = f32x4.add(s2, f32x4.mul(w, v128.load(h2 + o)));
      s3 = f32x4.add(s3, f32x4.mul(w, v128.load(h3 + o)));
    }
    let factors = f32x4.mul(v128.load(a.weights + (at << 2)), sumEach(s0, s1, s2, s3));
    if (ofResidual) factors = f32x4.sub(v128.load(a.targets + (at << 2)), factors);
    const f0 = f32x4.splat(f32x4.extract_lane(factors, 0)), f1 = f32x4.splat(f32x4.extract_lane(factors, 1));
    const f2 = f32x4.splat(f32x4.extract_lane(factors, 2)), f3 = f32x4.splat(f32x4.extract_lane(factors, 3));
    for (let o: usize = 0; o < bytes; o += 16) {
      const first = f32x4.add(f32x4.mul(f0, v128.load(h0 + o)), f32x4.mul(f1, v128.load(h1 + o)));
      const second = f32x4.add(f32x4.mul(f2, v128.load(h2 + o)), f32x4.mul(f3, v128.load(h3 + o)));
      v128.store(result + o, f32x4.add(v128.load(result + o), f32x4.add(first, second)));
    }
  }
  for (; at < to; at++) {
    const h = entry(a, at);
    const product = load<f32>(a.weights + (at << 2)) * dot(h, v, bytes);
    addScaled(result, h, ofResidual ? load<f32>(a.targets + (at << 2)) - product : product, bytes);
  }
}

// @inline
function entry(a: SolveArguments, at: u32): usize {
  return a.fixed + load<u32>(a.columns + (at << 2)) * a.bytes;
}

/** target += factor · row. */
function addScaled(target: usize, row: usize, factor: f32, bytes: usize): void {
  const factors = f32x4.splat(factor);
  for (let o: usize = 0; o < bytes; o += 16) {
    v128.store(target + o, f32x4.add(v128.load(target + o), f32x4.mul(factors, v128.load(row + o))));
  }
}
