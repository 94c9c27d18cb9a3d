import { type OrderedCounts, total } from "./count-table.ts";

/**
 * The first Wasserstein distance of the two samples, ∫ |F(x) − G(x)| dx: how far, on average, a row would have to
 * be moved, in the unit of the values.
 *
 * @source Vallender, "Calculation of the Wasserstein Distance Between Probability Distributions on the Line", 1974
 */
export function wassersteinDistance(table: OrderedCounts): number {
  return integrate(table, Math.abs);
}

/**
 * The energy distance, √(2 ∫ (F(x) − G(x))² dx), in the square root of the unit of the values.
 *
 * @source Székely, "E-Statistics: the Energy of Statistical Samples", 2002
 */
export function energyDistance(table: OrderedCounts): number {
  return Math.sqrt(2 * integrate(table, (gap) => gap * gap));
}

/** ∫ of(F(x) − G(x)) dx. */
function integrate({ values, reference, current }: OrderedCounts, of: (gap: number) => number): number {
  const [n, m] = [total(reference), total(current)];
  let [f, g, area] = [0, 0, 0];
  for (let cell = 0; cell + 1 < values.length; cell++) {
    f += reference[cell]!;
    g += current[cell]!;
    area += of(f / n - g / m) * (values[cell + 1]! - values[cell]!);
  }
  return area;
}
