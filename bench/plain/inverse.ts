/** Inverts an n x n matrix in its place by Gauss-Jordan without pivoting, which a positive definite one does not need. */
export function plainInverse(a: Float64Array, n: number): void {
  for (let p = 0; p < n; p++) {
    const reciprocal = 1 / a[p * n + p]!;
    a[p * n + p] = 1;
    for (let j = 0; j < n; j++) a[p * n + j]! *= reciprocal;
    for (let i = 0; i < n; i++) {
      if (i === p) continue;
      const factor = a[i * n + p]!;
      a[i * n + p] = 0;
      for (let j = 0; j < n; j++) a[i * n + j]! -= factor * a[p * n + j]!;
    }
  }
}
