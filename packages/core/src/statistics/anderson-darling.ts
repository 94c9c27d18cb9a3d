import { type CountTable, total } from "./count-table.ts";

/**
 * The two-sample Anderson–Darling statistic for data with ties: the squared distance of the two distribution
 * functions, taken at midranks, with the tails weighted up. Cells in ascending order. Large = different, in place or in
 * spread.
 *
 *     A² = (N − 1)/N Σ_i 1/n_i Σ_j l_j/N · (N M_ij − n_i B_j)² / (B_j (N − B_j) − N l_j / 4)
 *
 * with l_j the rows of both samples in cell j, and M_ij, B_j those of sample i, of both, up to the middle of cell j.
 *
 * @source Scholz and Stephens, "K-Sample Anderson–Darling Tests", JASA 82, 1987, equation (7)
 */
export function andersonDarling({ reference, current }: CountTable): number {
  const [n, m] = [total(reference), total(current)];
  const rows = n + m;
  let [first, second, sum] = [0, 0, 0];
  for (let cell = 0; cell < reference.length; cell++) {
    const [a, b] = [reference[cell]!, current[cell]!];
    if (a + b === 0) continue;
    const [middleA, middleB] = [first + a / 2, second + b / 2];
    const both = middleA + middleB;
    const scale = both * (rows - both) - (rows * (a + b)) / 4;
    if (scale > 0) {
      const gaps = (rows * middleA - n * both) ** 2 / n + (rows * middleB - m * both) ** 2 / m;
      sum += ((a + b) / rows) * (gaps / scale);
    }
    first += a;
    second += b;
  }
  return ((rows - 1) / rows) * sum;
}
