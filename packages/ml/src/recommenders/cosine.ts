import { dotProduct } from "./dot-product.ts";

/** The cosine of two vectors inside `factors`; 0 for a vector of zeros. */
export function cosine(factors: Float64Array, a: number, b: number, length: number): number {
  const dot = (left: number, right: number) => dotProduct(factors, left, factors, right, length);
  const norms = Math.sqrt(dot(a, a) * dot(b, b));
  return norms === 0 ? 0 : dot(a, b) / norms;
}
