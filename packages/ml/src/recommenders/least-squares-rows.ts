import type { Feedback } from "../feedback.ts";
import { choleskyFactor, choleskySolve } from "./cholesky.ts";

/**
 * The weighted least squares problem of implicit matrix factorisation, for one row w with the other side's factors h
 * fixed: minimise
 *
 *     weightOfAll · Σ_i (w · h_i)² + Σ_{i observed} weight_i (w · h_i)² − 2 target_i (w · h_i) + penalty |w|²
 *
 * whose solution is w = A⁻¹ Σ target_i h_i with A = weightOfAll · HᵀH + Σ weight_i h_i h_iᵀ + penalty · I.
 */
export interface Objective {
  readonly weightOfAll: number;
  /** Of an observed value, beyond `weightOfAll`. */
  weight(value: number): number;
  target(value: number): number;
  /** Of a row with so many observed entries, of `columns` possible. */
  penalty(observed: number, columns: number): number;
}

/** Solves rows of one side, in float64; the other side's factors, shape (columns × factors), are fixed. */
export interface RowSolver {
  /** Writes w, shape (factors), to `row`. */
  solve(observed: Feedback, row: Float64Array): void;
  /** What each observed entry adds to the score w · h_item: they sum to it. */
  contributions(observed: Feedback, item: number): Float64Array;
}

/** Prepares a solver: HᵀH is computed here, in O(columns · factors²). */
export function rowSolver(fixed: Float64Array, factors: number, objective: Objective): RowSolver {
  const columns = fixed.length / factors;
  const all = gram(fixed, factors);
  for (let at = 0; at < all.length; at++) all[at]! *= objective.weightOfAll;
  const matrix = new Float64Array(factors * factors);

  function factor({ items, values }: Feedback): void {
    matrix.set(all);
    addOuterProducts(matrix, fixed, factors, items, values.map(objective.weight));
    const penalty = objective.penalty(items.length, columns);
    for (let f = 0; f < factors; f++) matrix[f * factors + f]! += penalty;
    // A sum of squares and a positive penalty: not to be factored only when a factor is no number, as w is then.
    if (!choleskyFactor(matrix, factors)) matrix.fill(Number.NaN);
  }

  return {
    solve(observed, row) {
      const { items, values } = observed;
      factor(observed);
      row.fill(0);
      for (let n = 0; n < items.length; n++) {
        const start = items[n]! * factors;
        const target = objective.target(values[n]!);
        for (let f = 0; f < factors; f++) row[f]! += target * fixed[start + f]!;
      }
      choleskySolve(matrix, factors, row);
    },
    contributions(observed, item) {
      factor(observed);
      const seen = fixed.slice(item * factors, (item + 1) * factors);
      choleskySolve(matrix, factors, seen);
      return Float64Array.from(observed.items, (other, n) => {
        let product = 0;
        for (let f = 0; f < factors; f++) product += fixed[other * factors + f]! * seen[f]!;
        return objective.target(observed.values[n]!) * product;
      });
    },
  };
}

/** HᵀH; the lower triangle alone. */
function gram(rows: Float64Array, factors: number): Float64Array {
  const count = rows.length / factors;
  const product = new Float64Array(factors * factors);
  const all = Int32Array.from({ length: count }, (_, row) => row);
  addOuterProducts(product, rows, factors, all, new Float64Array(count).fill(1));
  return product;
}

/** matrix ← matrix + Σ weight_n h_n h_nᵀ on the lower triangle; four rows at once, as memory is what takes the time. */
function addOuterProducts(
  matrix: Float64Array,
  rows: Float64Array,
  factors: number,
  which: Int32Array,
  weights: Float64Array,
): void {
  const fours = which.length & ~3;
  for (let n = 0; n < fours; n += 4) {
    const h0 = which[n]! * factors;
    const h1 = which[n + 1]! * factors;
    const h2 = which[n + 2]! * factors;
    const h3 = which[n + 3]! * factors;
    for (let f = 0; f < factors; f++) {
      const w0 = weights[n]! * rows[h0 + f]!;
      const w1 = weights[n + 1]! * rows[h1 + f]!;
      const w2 = weights[n + 2]! * rows[h2 + f]!;
      const w3 = weights[n + 3]! * rows[h3 + f]!;
      const at = f * factors;
      for (let g = 0; g <= f; g++) {
        matrix[at + g]! +=
          w0 * rows[h0 + g]! + w1 * rows[h1 + g]! + (w2 * rows[h2 + g]! + w3 * rows[h3 + g]!);
      }
    }
  }
  for (let n = fours; n < which.length; n++) {
    const h = which[n]! * factors;
    for (let f = 0; f < factors; f++) {
      const w = weights[n]! * rows[h + f]!;
      for (let g = 0; g <= f; g++) matrix[f * factors + g]! += w * rows[h + g]!;
    }
  }
}
