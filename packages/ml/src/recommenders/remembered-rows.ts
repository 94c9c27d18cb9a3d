/** Most memory, in bytes, that remembered rows take. */
const rememberedBytes = 2 ** 26;

/**
 * Rows of `width` numbers, computed when they are asked for, the last ones remembered: whoever asks about a user or
 * an item once asks again.
 */
export function rememberRows(
  fill: (row: number, values: Float64Array) => void,
  width: number,
): (row: number) => Float64Array {
  const capacity = Math.max(1, Math.floor(rememberedBytes / (8 * width)));
  const remembered = new Map<number, Float64Array>();
  return (row) => {
    let values = remembered.get(row);
    if (values === undefined) {
      if (remembered.size >= capacity) remembered.delete(remembered.keys().next().value as number);
      values = new Float64Array(width);
      fill(row, values);
      remembered.set(row, values);
    }
    return values;
  };
}
