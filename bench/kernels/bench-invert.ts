import { createRandom } from "@tamis/core";
import { invertSymmetric } from "../../packages/ml/src/kernels/invert.ts";
import { best, row } from "./measure.ts";

/** The inverse that EASE needs. SIZES=1000,3706,10000 chooses the numbers of items. */
export async function benchInvert(): Promise<void> {
  const sizes = (process.env.SIZES ?? "1000,3706").split(",").map(Number);
  for (const n of sizes) {
    process.stdout.write(`\nInverse of a positive definite ${n} x ${n} matrix\n`);
    const matrix = covariance(n);
    const plain = n <= 1500 ? await best(1, () => plainInverse(matrix.slice(), n)) : undefined;
    if (plain) row("plain TypeScript, Gauss-Jordan", plain, undefined);
    for (const precision of ["float64", "float32"] as const) {
      for (const workers of n > 5000 ? [2] : [0, 1, 2]) {
        const work = matrix.slice();
        const measured = await best(1, () => invertSymmetric(work, n, { workers, precision }));
        const error = distanceFromIdentity(matrix, work, n).toExponential(1);
        row(`${precision}, ${workers} workers`, measured, plain, `|A B - I| of 20 rows <= ${error}`);
      }
    }
  }
}

/** Counts like those of items seen together, and a ridge of 350. */
function covariance(n: number): Float64Array {
  const random = createRandom(n);
  const popularity = Float64Array.from({ length: n }, (_, item) => 3000 / (1 + item / 60));
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const together = ((popularity[i]! * popularity[j]!) / 6040) * (0.95 + 0.1 * random.uniform());
      matrix[i * n + j] = together;
      matrix[j * n + i] = together;
    }
    matrix[i * n + i] = popularity[i]! * 1.2 + 350;
  }
  return matrix;
}

function distanceFromIdentity(a: Float64Array, b: Float64Array, n: number): number {
  let largest = 0;
  for (let i = 0; i < n; i += Math.ceil(n / 20)) {
    const product = new Float64Array(n);
    for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) product[j]! += a[i * n + k]! * b[k * n + j]!;
    product[i]! -= 1;
    for (const value of product) largest = Math.max(largest, Math.abs(value));
  }
  return largest;
}

function plainInverse(a: Float64Array, n: number): void {
  for (let p = 0; p < n; p++) {
    const reciprocal = 1 / a[p * n + p]!;
    a[p * n + p] = 1;
    for (let j = 0; j < n; j++) a[p * n + j]! *= reciprocal;
    for (let i = 0; i < n; i++) {
      if (i === p) continue;
      const factor = a[i * n + p]!;
      a[i * n + p] = 0;
      for (let j = 0; j < n; j++) a[i * n + j]! -= factor * a[p * n + j]!;
    }
  }
}
