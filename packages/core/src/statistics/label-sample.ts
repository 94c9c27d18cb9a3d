/** A sample of labels as how often each occurs. Labels that look like numbers stay labels: "1" is not "1.0". */
export interface LabelSample {
  /** How many rows hold each label; all above 0. In order of first appearance. */
  readonly counts: ReadonlyMap<string, number>;
  /** Rows with a label: the sum of `counts`. */
  readonly size: number;
  /** Rows without one: null, undefined. An empty text is a label. */
  readonly missing: number;
}

/** Counts a column of labels. */
export function labelSample(column: Iterable<string | null | undefined>): LabelSample {
  const counts = new Map<string, number>();
  let [size, missing] = [0, 0];
  for (const label of column) {
    if (label === null || label === undefined) missing++;
    else {
      counts.set(label, (counts.get(label) ?? 0) + 1);
      size++;
    }
  }
  return { counts, size, missing };
}
