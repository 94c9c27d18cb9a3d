import { dotProduct } from "./dot-product.ts";

/**
 * The cosine of any two rows of `factors` (rows × length); 0 for a row of zeros. The length of a row is worked out when
 * it is first asked for: one item is compared with all that somebody liked.
 */
export function rowCosine(factors: Float64Array, length: number): (row: number, other: number) => number {
  const squares = new Float64Array(factors.length / length).fill(Number.NaN);
  const dot = (row: number, other: number) =>
    dotProduct(factors, row * length, factors, other * length, length);
  const square = (row: number) => {
    if (Number.isNaN(squares[row])) squares[row] = dot(row, row);
    return squares[row]!;
  };
  return (row, other) => {
    const norms = Math.sqrt(square(row) * square(other));
    return norms === 0 ? 0 : dot(row, other) / norms;
  };
}
