import { createRandom } from "@tamis/core";
import { expect, test } from "vitest";
import { invertSymmetric } from "./invert.ts";

/** XᵀX + λI of random X. */
function definite(n: number, ridge: number): Float64Array {
  const random = createRandom(n);
  const rows = Array.from({ length: 2 * n }, () => Float64Array.from({ length: n }, () => random.normal()));
  const matrix = new Float64Array(n * n);
  for (const row of rows)
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) matrix[i * n + j]! += row[i]! * row[j]!;
  for (let i = 0; i < n; i++) matrix[i * n + i]! += ridge;
  return matrix;
}

/** The largest entry of |A B − I|. */
function distanceFromIdentity(a: Float64Array, b: Float64Array | Float32Array, n: number): number {
  let largest = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = i === j ? -1 : 0;
      for (let k = 0; k < n; k++) sum += a[i * n + k]! * b[k * n + j]!;
      largest = Math.max(largest, Math.abs(sum));
    }
  }
  return largest;
}

// 127 to 129: around the size of a block; 300: several blocks and padding.
test.each([1, 5, 127, 128, 129, 300])(
  "the inverse of a matrix of size %i times the matrix is the identity",
  async (n) => {
    const matrix = definite(n, 5);
    for (const [Values, limit] of [
      [Float64Array, 1e-10],
      [Float32Array, 1e-3],
    ] as const) {
      const inverse = new Values(matrix);
      expect(await invertSymmetric(inverse, n, { workers: 2 })).toBe(true);
      expect(distanceFromIdentity(matrix, inverse, n)).toBeLessThan(limit);
      const alone = new Values(matrix);
      await invertSymmetric(alone, n, { workers: 0 });
      expect(alone).toEqual(inverse);
    }
  },
);

test("a matrix that is not positive definite is refused and left alone", async () => {
  const matrix = definite(100, 1);
  matrix[70 * 100 + 70] = -1;
  const before = matrix.slice();
  expect(await invertSymmetric(matrix, 100, { workers: 2 })).toBe(false);
  expect(matrix).toEqual(before);
});
