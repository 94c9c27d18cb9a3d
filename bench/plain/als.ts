import { createRandom } from "@tamis/core";
import type { RatingTriples } from "../../packages/ml/src/kernels/rating-triples.ts";

/** The rows of all users against random item factors, by Cholesky: half an iteration of implicit ALS, α 1, λ .01. */
export function plainHalfStep(train: RatingTriples, d: number): Float64Array {
  const random = createRandom(42);
  const h = Float64Array.from({ length: train.itemCount * d }, () => random.normal(0, 0.01));
  const base = new Float64Array(d * d);
  for (let at = 0; at < h.length; at += d) addOuter(base, h, at, d);
  const ofUser = Array.from({ length: train.userCount }, (): number[] => []);
  train.users.forEach((user, at) => {
    ofUser[user]!.push(train.items[at]!);
  });
  const result = new Float64Array(train.userCount * d);
  const matrix = new Float64Array(d * d);
  for (const [user, items] of ofUser.entries()) {
    matrix.set(base);
    const b = result.subarray(user * d, (user + 1) * d);
    for (let k = 0; k < d; k++) matrix[k * d + k]! += 0.01;
    for (const item of items) {
      addOuter(matrix, h, item * d, d);
      for (let k = 0; k < d; k++) b[k]! += 2 * h[item * d + k]!;
    }
    choleskySolve(matrix, b, d);
  }
  return result;
}

function addOuter(matrix: Float64Array, h: Float64Array, at: number, d: number): void {
  for (let i = 0; i < d; i++) {
    const factor = h[at + i]!;
    for (let j = 0; j <= i; j++) matrix[i * d + j]! += factor * h[at + j]!;
  }
}

function choleskySolve(a: Float64Array, b: Float64Array, d: number): void {
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * d + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * d + k]! * a[j * d + k]!;
      a[i * d + j] = i === j ? Math.sqrt(sum) : sum / a[j * d + j]!;
    }
    for (let k = 0; k < i; k++) b[i]! -= a[i * d + k]! * b[k]!;
    b[i]! /= a[i * d + i]!;
  }
  for (let i = d - 1; i >= 0; i--) {
    b[i]! /= a[i * d + i]!;
    for (let k = 0; k < i; k++) b[k]! -= a[i * d + k]! * b[i]!;
  }
}
