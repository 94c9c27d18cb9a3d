import { createPace } from "../pace.ts";
import type { FitContext } from "../recommender.ts";
import { type SparseRows, transpose } from "../sparse-rows.ts";
import type { ItemKnnOptions } from "./item-knn-options.ts";

/**
 * The k items most similar to each, by the similarity of `item-knn.ts`: a sparse matrix (items × items), its columns
 * increasing inside a row; and the norm of every item's vector.
 *
 * One row at a time is summed up over the users of the item: O(Σ_u n_u²) time, O(items) memory beside the result.
 *
 * @param vectors - items × users, weighted
 * @throws aborted
 */
export async function nearestItems(
  vectors: SparseRows,
  userCount: number,
  options: ItemKnnOptions,
  context: FitContext,
): Promise<{ neighbours: SparseRows; norms: Float64Array }> {
  const itemCount = vectors.starts.length - 1;
  const sumRow = productRows(vectors, userCount, options.similarity === "jaccard");
  const norms = normsOf(vectors);
  const similarityOf = similarityFunction(vectors, norms, options);
  const touched = new Int32Array(itemCount);
  const products = new Float64Array(itemCount);
  const similarities = new Float64Array(itemCount);
  const kept = growingRows(itemCount);
  const pace = createPace({ phase: "fit item-knn", total: itemCount, unit: "items" }, context);
  for (let item = 0; item < itemCount; item++) {
    const candidates = touched.subarray(0, sumRow(item, products, touched));
    let count = 0;
    for (const other of candidates) {
      similarities[other] = similarityOf(item, other, products[other]!);
      products[other] = 0;
      if (other !== item && similarities[other]! > 0) candidates[count++] = other;
    }
    kept.push(largest(candidates.subarray(0, count), similarities, options.k), similarities);
    if (item % 16 === 15) await pace.step(item + 1);
  }
  await pace.step(itemCount);
  return { neighbours: kept.rows(), norms };
}

/** Adds x_item · x_other to `products` for every other item that shares a user, and lists those in `touched`. */
function productRows(
  vectors: SparseRows,
  userCount: number,
  countsOnly: boolean,
): (item: number, products: Float64Array, touched: Int32Array) => number {
  const byUser = transpose(vectors, userCount);
  const seen = new Int32Array(vectors.starts.length - 1).fill(-1);
  return (item, products, touched) => {
    let count = 0;
    for (let p = vectors.starts[item]!; p < vectors.starts[item + 1]!; p++) {
      const user = vectors.columns[p]!;
      const value = vectors.values[p]!;
      const end = byUser.starts[user + 1]!;
      for (let q = byUser.starts[user]!; q < end; q++) {
        const other = byUser.columns[q]!;
        if (seen[other] !== item) {
          seen[other] = item;
          touched[count++] = other;
        }
        products[other]! += countsOnly ? 1 : value * byUser.values[q]!;
      }
    }
    return count;
  };
}

function normsOf({ starts, values }: SparseRows): Float64Array {
  const norms = new Float64Array(starts.length - 1);
  for (let item = 0; item < norms.length; item++) {
    for (let p = starts[item]!; p < starts[item + 1]!; p++) norms[item]! += values[p]! * values[p]!;
    norms[item] = Math.sqrt(norms[item]!);
  }
  return norms;
}

function similarityFunction(
  { starts }: SparseRows,
  norms: Float64Array,
  { similarity, shrinkage }: ItemKnnOptions,
): (item: number, other: number, product: number) => number {
  if (similarity === "dot") return (_item, _other, product) => product;
  if (similarity === "cosine") {
    // Both norms are above 0 where the product is not 0.
    return (item, other, product) =>
      product === 0 ? 0 : product / (norms[item]! * norms[other]! + shrinkage);
  }
  const count = (item: number) => starts[item + 1]! - starts[item]!;
  return (item, other, common) => common / (count(item) + count(other) - common + shrinkage);
}

/** The k candidates of largest value, at equal ones the lower index; in increasing order. */
function largest(candidates: Int32Array, values: Float64Array, k: number): Int32Array {
  if (candidates.length > k) candidates.sort((a, b) => values[b]! - values[a]! || a - b);
  return candidates.subarray(0, k).sort();
}

/** A sparse matrix built row by row, in arrays that double. */
function growingRows(rowCount: number): {
  push(columns: Int32Array, values: Float64Array): void;
  rows(): SparseRows;
} {
  const starts = new Int32Array(rowCount + 1);
  let columns = new Int32Array(1024);
  let values = new Float64Array(1024);
  let row = 0;
  let length = 0;
  return {
    push(more, valuesByColumn) {
      const needed = length + more.length;
      if (needed > columns.length) {
        const capacity = Math.max(needed, 2 * columns.length);
        const grown = { columns: new Int32Array(capacity), values: new Float64Array(capacity) };
        grown.columns.set(columns);
        grown.values.set(values);
        ({ columns, values } = grown);
      }
      for (const column of more) {
        columns[length] = column;
        values[length++] = valuesByColumn[column]!;
      }
      starts[++row] = length;
    },
    rows: () => ({ starts, columns: columns.slice(0, length), values: values.slice(0, length) }),
  };
}
