import { dotProduct } from "./dot-product.ts";

/**
 * Factors a symmetric positive definite matrix in place: A = L Lᵀ, L in the lower triangle, which alone is read.
 *
 * @param matrix - shape (n × n), row-major
 * @returns whether it was positive definite to working precision
 * @source Golub, Van Loan, "Matrix Computations", 4th edition, 2013, section 4.2.5, row by row
 */
export function choleskyFactor(matrix: Float64Array, n: number): boolean {
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      const value = matrix[row * n + column]! - dotProduct(matrix, row * n, matrix, column * n, column);
      if (column < row) matrix[row * n + column] = value / matrix[column * n + column]!;
      else if (value > 0 && value < Number.POSITIVE_INFINITY) matrix[row * n + row] = Math.sqrt(value);
      else return false;
    }
  }
  return true;
}

/** Replaces `b`, shape (n), by the solution x of L Lᵀ x = b. */
export function choleskySolve(factor: Float64Array, n: number, b: Float64Array): void {
  for (let row = 0; row < n; row++) {
    b[row] = (b[row]! - dotProduct(factor, row * n, b, 0, row)) / factor[row * n + row]!;
  }
  for (let row = n - 1; row >= 0; row--) {
    const value = b[row]! / factor[row * n + row]!;
    b[row] = value;
    // Row by row, so that memory is read in its order: what this x takes from the equations above.
    for (let k = 0; k < row; k++) b[k]! -= factor[row * n + k]! * value;
  }
}
