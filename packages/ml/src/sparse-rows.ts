/**
 * A sparse matrix by rows: row `r` holds `values[p]` at `columns[p]` for `p` in `starts[r]` … `starts[r + 1] − 1`.
 *
 * Shapes: `starts` (rows + 1), `columns` and `values` (entries).
 */
export interface SparseRows {
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** Groups entries by row (counting sort); inside a row they keep the order in which they are given. */
export function groupRows(
  rowCount: number,
  rows: Int32Array,
  columns: Int32Array,
  values: Float64Array,
): SparseRows {
  const starts = new Int32Array(rowCount + 1);
  for (let p = 0; p < rows.length; p++) starts[rows[p]! + 1]!++;
  for (let row = 0; row < rowCount; row++) starts[row + 1]! += starts[row]!;
  const next = starts.slice(0, rowCount);
  const grouped = { starts, columns: new Int32Array(rows.length), values: new Float64Array(rows.length) };
  for (let p = 0; p < rows.length; p++) {
    const place = next[rows[p]!]!++;
    grouped.columns[place] = columns[p]!;
    grouped.values[place] = values[p]!;
  }
  return grouped;
}

/** The row of every entry: shape (entries). */
export function rowOfEntries({ starts, columns }: SparseRows): Int32Array {
  const rows = new Int32Array(columns.length);
  for (let row = 0; row + 1 < starts.length; row++) rows.fill(row, starts[row]!, starts[row + 1]!);
  return rows;
}

/** The same matrix by columns; inside each of its rows the columns are in increasing order. */
export function transpose(matrix: SparseRows, columnCount: number): SparseRows {
  return groupRows(columnCount, matrix.columns, rowOfEntries(matrix), matrix.values);
}
