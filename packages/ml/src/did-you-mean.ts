/**
 * The end of a sentence: “; did you mean “svd”?” when one of the names is close to what was given, else a full stop.
 *
 * Close: at most two letters differ once case and separators are put aside, or one is the start of the other.
 */
export function didYouMean(given: string, names: readonly string[]): string {
  const bare = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  const wanted = bare(given);
  const distances = names.map((name) =>
    wanted !== "" && bare(name).startsWith(wanted) ? 0 : editDistance(wanted, bare(name)),
  );
  const nearest = Math.min(...distances);
  return nearest <= 2 ? `; did you mean “${names[distances.indexOf(nearest)]}”?` : ".";
}

/** @source Levenshtein distance, by rows (Wagner and Fischer, J. ACM 21(1), 1974). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
