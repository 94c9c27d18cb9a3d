import { type SparseRows, transpose } from "../sparse-rows.ts";

/**
 * Computes what relates an item to every other: fills `row`, shape (items × 2), with |U_ij| and Σ (r_ui − r_uj) over
 * the users who rated both, side by side. The row of j has the same counts, and the same sums with the other sign.
 *
 * A row costs one pass over all that the raters of the item have rated.
 *
 * @param ratings - users × items
 */
export function deviationRows(
  ratings: SparseRows,
  itemCount: number,
): (item: number, row: Float64Array) => void {
  const { starts, columns, values } = ratings;
  const byItem = transpose(ratings, itemCount);
  return (item, row) => {
    row.fill(0);
    const end = byItem.starts[item + 1]!;
    for (let n = byItem.starts[item]!; n < end; n++) {
      const user = byItem.columns[n]!;
      const rating = byItem.values[n]!;
      const last = starts[user + 1]!;
      for (let p = starts[user]!; p < last; p++) {
        const at = 2 * columns[p]!;
        row[at]!++;
        row[at + 1]! += rating - values[p]!;
      }
    }
  };
}
