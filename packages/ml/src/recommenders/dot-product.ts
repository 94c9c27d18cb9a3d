/** a[i…] · b[j…] over `length` entries; four sums, so that additions need not wait for each other. */
export function dotProduct(a: Float64Array, i: number, b: Float64Array, j: number, length: number): number {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let f = 0;
  for (; f + 3 < length; f += 4) {
    sum0 += a[i + f]! * b[j + f]!;
    sum1 += a[i + f + 1]! * b[j + f + 1]!;
    sum2 += a[i + f + 2]! * b[j + f + 2]!;
    sum3 += a[i + f + 3]! * b[j + f + 3]!;
  }
  for (; f < length; f++) sum0 += a[i + f]! * b[j + f]!;
  return sum0 + sum1 + (sum2 + sum3);
}
