import { rowProducts } from "../kernels/row-products.ts";
import { dotProduct } from "./dot-product.ts";

/** The cosines of the rows of a matrix; 0 for a row of zeros. */
export interface RowCosines {
  of(row: number, other: number): number;
  /** The cosines of any row with these, as {@link RowCosines.of} has them, bit for bit; faster when they are many. */
  with(others: Int32Array): (row: number) => Float64Array;
}

/** Of `factors` (rows × length). The length of a row is worked out when it is first asked for. */
export function rowCosines(factors: Float64Array, length: number): RowCosines {
  const squares = new Float64Array(factors.length / length).fill(Number.NaN);
  const dot = (row: number, other: number) =>
    dotProduct(factors, row * length, factors, other * length, length);
  const square = (row: number) => {
    if (Number.isNaN(squares[row])) squares[row] = dot(row, row);
    return squares[row]!;
  };
  const cosine = (product: number, row: number, other: number) => {
    const norms = Math.sqrt(square(row) * square(other));
    return norms === 0 ? 0 : product / norms;
  };
  return {
    of: (row, other) => cosine(dot(row, other), row, other),
    with(others) {
      const productsWith = rowProducts({ factors, length }, others);
      return (row) => {
        const cosines = productsWith(row);
        for (let n = 0; n < others.length; n++) cosines[n] = cosine(cosines[n]!, row, others[n]!);
        return cosines;
      };
    },
  };
}
