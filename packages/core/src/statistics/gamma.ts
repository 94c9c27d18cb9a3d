/**
 * ln Γ(x) for x > 0, to about 14 digits.
 *
 * @source Lanczos, "A Precision Approximation of the Gamma Function", 1964; the coefficients for g = 607/128, n = 15
 *   are Godfrey's (2001)
 */
export function logGamma(x: number): number {
  let sum = lanczos[0]!;
  for (let n = 1; n < lanczos.length; n++) sum += lanczos[n]! / (x + n - 1);
  const base = x + 607 / 128 - 0.5;
  return (x - 0.5) * Math.log(base) - base + Math.log(Math.sqrt(2 * Math.PI) * sum);
}

const lanczos = [
  0.9999999999999971, 57.15623566586292, -59.59796035547549, 14.136097974741746, -0.4919138160976202,
  3.399464998481189e-5, 4.652362892704858e-5, -9.837447530487956e-5, 0.0001580887032249125,
  -0.00021026444172410488, 0.00021743961811521265, -0.0001643181065367639, 8.441822398385275e-5,
  -2.6190838401581408e-5, 3.6899182659531625e-6,
];

/**
 * ln n! for a whole n ≥ 0, to 15 digits: summed below 256, Stirling's series with three terms above.
 *
 * @source Abramowitz and Stegun, 6.1.41
 */
export function logFactorial(n: number): number {
  if (n < small.length) return small[n]!;
  const inverse = 1 / (n * n);
  const correction = (1 / 12 - inverse * (1 / 360 - inverse / 1260)) / n;
  return (n + 0.5) * Math.log(n) - n + Math.log(2 * Math.PI) / 2 + correction;
}

const small = new Float64Array(256);
for (let n = 2; n < small.length; n++) small[n] = small[n - 1]! + Math.log(n);

/**
 * Q(a, x) = Γ(a, x) / Γ(a), the regularised upper incomplete gamma function, for a > 0 and x ≥ 0. Small values keep
 * their relative precision.
 *
 * @source Abramowitz and Stegun, 6.5.29 (series, for x < a + 1) and 6.5.31 (continued fraction, else)
 */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - front * seriesOf(a, x) : front * fractionOf(a, x);
}

function seriesOf(a: number, x: number): number {
  let [term, sum] = [1 / a, 1 / a];
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** By Lentz's method, as modified by Thompson and Barnett. */
function fractionOf(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Number.MAX_VALUE;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < 100_000; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / nonZero(numerator * d + b);
    c = nonZero(b + numerator / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return value;
}

function nonZero(x: number): number {
  return Math.abs(x) < 1e-300 ? 1e-300 : x;
}
