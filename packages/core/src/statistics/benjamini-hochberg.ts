/**
 * Adjusts p-values for having asked many questions: of the differences called at an adjusted p ≤ α, on average no more
 * than α are none. Where nothing differs at all, the chance of any call is α.
 *
 * adjusted(i) = min over j with p_j ≥ p_i of p_j · k / rank(j). NaN stays NaN and does not count as a question.
 *
 * @source Benjamini and Hochberg, "Controlling the False Discovery Rate", JRSS B 57(1), 1995
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const adjusted = pValues.map(() => Number.NaN);
  const order = pValues.map((_, n) => n).filter((n) => !Number.isNaN(pValues[n]));
  order.sort((a, b) => pValues[b]! - pValues[a]!);
  let least = 1;
  for (const [place, n] of order.entries()) {
    least = Math.min(least, (pValues[n]! * order.length) / (order.length - place));
    adjusted[n] = least;
  }
  return adjusted;
}
