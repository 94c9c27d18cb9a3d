/** The numbers of a user's `n` best items: all scores in doubles, then a sort. */
export function plainTop(
  pu: Float64Array,
  qi: Float64Array,
  bi: Float64Array,
  user: number,
  factors: number,
  n: number,
): number[] {
  const scores = bi.map((bias, item) => {
    let sum = bias;
    for (let k = 0; k < factors; k++) sum += pu[user * factors + k]! * qi[item * factors + k]!;
    return sum;
  });
  return Array.from(scores.keys())
    .sort((a, b) => scores[b]! - scores[a]!)
    .slice(0, n);
}
