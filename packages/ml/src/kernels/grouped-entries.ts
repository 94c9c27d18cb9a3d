import type { Arena } from "./arena.ts";

/** The entries of a sparse matrix grouped by row: those of row r are starts[r] … starts[r + 1] − 1. */
export interface GroupedEntries {
  /** Shape (rows + 1). */
  readonly starts: Uint32Array;
  /** The column of each entry. Shape (entries). */
  readonly columns: Uint32Array;
  /** Where the entry stood in the arrays it came from. Shape (entries). */
  readonly places: Uint32Array;
}

/** Groups entries by row in shared memory, keeping their order inside a row. */
export function groupEntries(
  arena: Arena,
  rows: Int32Array,
  columns: Int32Array,
  rowCount: number,
): GroupedEntries {
  const starts = arena.uint32(rowCount + 1).fill(0);
  for (let at = 0; at < rows.length; at++) starts[rows[at]! + 1]!++;
  for (let row = 0; row < rowCount; row++) starts[row + 1]! += starts[row]!;
  const next = starts.slice();
  const result = { starts, columns: arena.uint32(rows.length), places: arena.uint32(rows.length) };
  for (let place = 0; place < rows.length; place++) {
    const at = next[rows[place]!]!++;
    result.columns[at] = columns[place]!;
    result.places[at] = place;
  }
  return result;
}

/** `values` in the order of the entries, as float32. */
export function entryValues(
  arena: Arena,
  { places }: GroupedEntries,
  values: ArrayLike<number>,
): Float32Array {
  const result = arena.float32(places.length);
  for (let at = 0; at < places.length; at++) result[at] = values[places[at]!]!;
  return result;
}
