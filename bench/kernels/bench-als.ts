import { createRandom } from "@tamis/core";
import {
  alternateLeastSquares,
  type LeastSquaresProblem,
  type WeightedRows,
} from "../../packages/ml/src/kernels/least-squares.ts";
import type { RatingTriples } from "../../packages/ml/src/kernels/rating-triples.ts";
import { movielensFold } from "./fold.ts";
import { best, row } from "./measure.ts";

/** Of the plain loop only one users' half step is run; an epoch is taken as twice that. */
const epochs = 15;

/** Implicit ALS in Rendle's parametrisation: 100 factors, 15 epochs, α₀ .3, λ .007. */
export async function benchAls(): Promise<void> {
  const times = Number(process.env.TIMES ?? 3);
  for (const data of ["ml-100k", "ml-1m"] as const) {
    const { name, train } = movielensFold(data);
    process.stdout.write(
      `\nImplicit ALS, ${name}: ${train.ratings.length} entries, 100 factors, ${epochs} epochs\n`,
    );
    const problem = rendleProblem(train, 100);
    const half = await best(1, () =>
      plainHalfStep(problem.users, problem.initialItems, problem.weightOfAll, 100),
    );
    const plain = { wall: half.wall * 2 * epochs, cpu: half.cpu * 2 * epochs };
    row(`plain TypeScript (one half step x ${2 * epochs})`, plain, undefined);
    for (const steps of [undefined, 3]) {
      const solver = steps === undefined ? "Cholesky" : `${steps} steps of conjugate gradients`;
      for (const workers of [0, 1, 2]) {
        const measured = await best(times, () => alternateLeastSquares({ ...problem, steps }, { workers }));
        row(`${solver}, ${workers} workers`, measured, plain);
      }
    }
  }
}

function rendleProblem(train: RatingTriples, factors: number): LeastSquaresProblem {
  const random = createRandom(42);
  const side = (rows: Int32Array, columns: Int32Array, count: number, columnCount: number): WeightedRows => {
    const starts = new Int32Array(count + 1);
    for (const user of rows) starts[user + 1]!++;
    for (let at = 0; at < count; at++) starts[at + 1]! += starts[at]!;
    const next = starts.slice();
    const grouped = new Int32Array(rows.length);
    rows.forEach((user, at) => {
      grouped[next[user]!++] = columns[at]!;
    });
    const penalties = Float64Array.from(
      { length: count },
      (_, user) => 0.007 * (starts[user + 1]! - starts[user]! + 0.3 * columnCount),
    );
    const ones = new Float32Array(rows.length).fill(1);
    return { starts, columns: grouped, weights: ones, targets: ones, penalties };
  };
  return {
    users: side(train.users, train.items, train.userCount, train.itemCount),
    items: side(train.items, train.users, train.itemCount, train.userCount),
    weightOfAll: 0.3,
    factors,
    epochs,
    initialItems: Float64Array.from({ length: train.itemCount * factors }, () => random.normal(0, 0.01)),
  };
}

function plainHalfStep(
  rows: WeightedRows,
  fixed: ArrayLike<number>,
  weightOfAll: number,
  d: number,
): Float64Array {
  const h = Float64Array.from(fixed);
  const base = new Float64Array(d * d);
  for (let at = 0; at < h.length; at += d) addOuter(base, h, at, weightOfAll, d);
  const result = new Float64Array(rows.penalties.length * d);
  const matrix = new Float64Array(d * d);
  for (let user = 0; user < rows.penalties.length; user++) {
    matrix.set(base);
    const b = result.subarray(user * d, (user + 1) * d);
    for (let k = 0; k < d; k++) matrix[k * d + k]! += rows.penalties[user]!;
    for (let at = rows.starts[user]!; at < rows.starts[user + 1]!; at++) {
      addOuter(matrix, h, rows.columns[at]! * d, rows.weights[at]!, d);
      for (let k = 0; k < d; k++) b[k]! += rows.targets[at]! * h[rows.columns[at]! * d + k]!;
    }
    choleskySolve(matrix, b, d);
  }
  return result;
}

function addOuter(matrix: Float64Array, h: Float64Array, at: number, weight: number, d: number): void {
  for (let i = 0; i < d; i++) {
    const factor = weight * h[at + i]!;
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
