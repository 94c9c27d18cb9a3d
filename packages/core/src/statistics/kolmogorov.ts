import { logGamma } from "./gamma.ts";

/**
 * P(D_n ≥ d): the two-sided tail of Kolmogorov's statistic of `n` independent values, at finite n.
 *
 * Exact up to 140 values and in the far tail; else the Pelz–Good expansion, whose error is below 10^−9 at these sizes.
 *
 * @source Simard and L'Ecuyer, "Computing the Two-Sided Kolmogorov–Smirnov Distribution", JSS 39(11), 2011, section 2
 *   and its table of which method holds where
 */
export function kolmogorovTail(n: number, d: number): number {
  const t = n * d;
  if (d >= 1) return 0;
  if (t <= 0.5) return 1;
  if (t <= 1) return 1 - Math.exp(logGamma(n + 1) + n * Math.log((2 * t - 1) / n));
  if (t >= n - 1) return 2 * (1 - d) ** n;
  const square = t * d;
  if (d >= 0.5 || square >= (n <= 140 ? 4 : 2.2)) return Math.min(1, 2 * oneSidedTail(n, d));
  if (n <= 140 || (n <= 100_000 && n * d ** 1.5 <= 1.4)) return 1 - matrixPower(n, d);
  return 1 - pelzGood(n, d);
}

/**
 * P(D⁺_n ≥ d) = d Σ_j C(n, j) (d + j/n)^(j−1) (1 − d − j/n)^(n−j), j from 0 to ⌊n (1 − d)⌋.
 *
 * @source Birnbaum and Tingey, Annals of Mathematical Statistics 22(4), 1951, equation (3.0); from 100,000 values on
 *   exp(−(6nd + 1)² / 18n): Maag and Dicaire, Biometrika 58(3), 1971
 */
function oneSidedTail(n: number, d: number): number {
  if (n > 100_000) return Math.exp(-((6 * n * d + 1) ** 2) / (18 * n));
  let sum = 0;
  let logChoose = 0;
  const last = Math.floor(n * (1 - d));
  for (let j = 0; j <= last; j++) {
    const rest = 1 - d - j / n;
    const power = n - j === 0 ? 0 : (n - j) * Math.log(rest);
    sum += Math.exp(logChoose + (j - 1) * Math.log(d + j / n) + power);
    logChoose += Math.log((n - j) / (j + 1));
  }
  return d * sum;
}

/**
 * P(D_n < d) as an element of the n-th power of a matrix of about 2nd rows.
 *
 * @source Marsaglia, Tsang and Wang, "Evaluating Kolmogorov's Distribution", JSS 8(18), 2003
 */
function matrixPower(n: number, d: number): number {
  const k = Math.floor(n * d) + 1;
  const size = 2 * k - 1;
  const h = k - n * d;
  const start = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) start[i * size + j] = i - j + 1 < 0 ? 0 : 1;
  for (let i = 0; i < size; i++) {
    start[i * size]! -= h ** (i + 1);
    start[(size - 1) * size + i]! -= h ** (size - i);
  }
  start[(size - 1) * size]! += 2 * h > 1 ? (2 * h - 1) ** size : 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= Math.min(i, size - 1); j++) {
      for (let g = 1; g <= i - j + 1; g++) start[i * size + j]! /= g;
    }
  }
  const { matrix, exponent } = raise(start, size, n);
  let value = matrix[(k - 1) * size + k - 1]!;
  // n! / n^n, kept in range by the same powers of 10 that were taken out of the matrix.
  value = Math.log(value) + exponent * Math.LN10 + logGamma(n + 1) - n * Math.log(n);
  return Math.exp(value);
}

/** matrix^power · 10^−exponent, by squaring. */
function raise(
  matrix: Float64Array,
  size: number,
  power: number,
): { matrix: Float64Array; exponent: number } {
  if (power === 1) return { matrix, exponent: 0 };
  const half = raise(matrix, size, Math.floor(power / 2));
  let result = multiply(half.matrix, half.matrix, size);
  let exponent = 2 * half.exponent;
  if (power % 2 === 1) result = multiply(matrix, result, size);
  const middle = Math.floor(size / 2) * (size + 1);
  if (result[middle]! > 1e140) {
    for (let n = 0; n < result.length; n++) result[n]! *= 1e-140;
    exponent += 140;
  }
  return { matrix: result, exponent };
}

function multiply(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const product = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let l = 0; l < size; l++) {
      const factor = a[i * size + l]!;
      if (factor === 0) continue;
      for (let j = 0; j < size; j++) product[i * size + j]! += factor * b[l * size + j]!;
    }
  }
  return product;
}

/**
 * P(D_n ≤ d) ≈ K₀(z) + K₁(z)/√n + K₂(z)/n + K₃(z)/n^1.5 with z = √n d, each K in its form for small z.
 *
 * @source Pelz and Good, "Approximating the Lower Tail-areas of the Kolmogorov–Smirnov One-sample Statistic",
 *   JRSS B 38(2), 1976
 */
function pelzGood(n: number, d: number): number {
  const z = Math.sqrt(n) * d;
  const [z2, z4, z6] = [z ** 2, z ** 4, z ** 6];
  const pi2 = Math.PI ** 2;
  let [k0, k1, k2, k3] = [0, 0, 0, 0];
  const terms = Math.ceil((16 * z) / Math.PI);
  for (let k = terms; k > 0; k--) {
    const m2 = (2 * k - 1) ** 2;
    const weight = Math.exp((-m2 * pi2) / (8 * z2));
    k0 += weight;
    k1 += weight * ((pi2 / 4) * m2 - z2);
    k2 +=
      weight *
      (6 * z6 + 2 * z4 + ((2 * z4 - 5 * z2) * pi2 * m2) / 4 + (pi2 ** 2 * (1 - 2 * z2) * m2 ** 2) / 16);
    k3 +=
      weight *
      (-30 * z6 -
        90 * z ** 8 +
        (pi2 * (135 * z4 - 96 * z6) * m2) / 4 +
        (pi2 ** 2 * (212 * z4 - 60 * z2) * m2 ** 2) / 16 +
        (pi2 ** 3 * (5 - 30 * z2) * m2 ** 3) / 64);
  }
  let [even2, even3] = [0, 0];
  for (let k = terms; k > 0; k--) {
    const weight = k ** 2 * Math.exp((-(k ** 2) * pi2) / (2 * z2));
    even2 += weight;
    even3 += weight * (3 * z2 - pi2 * k ** 2);
  }
  const root = Math.sqrt(2 * Math.PI);
  const second = (root * k2) / (72 * z ** 7) - (pi2 * root * even2) / (36 * z ** 3);
  const third = (root * k3) / (6480 * z ** 10) + (pi2 * root * even3) / (216 * z6);
  return (root * k0) / z + (root * k1) / (6 * z4) / Math.sqrt(n) + second / n + third / n ** 1.5;
}
