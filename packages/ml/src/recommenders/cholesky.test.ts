import { createRandom } from "@tamis/core";
import { expect, it } from "vitest";
import { choleskyFactor, choleskySolve } from "./cholesky.ts";

it("factors and solves by hand: [[4, 2], [2, 5]] x = [8, 8]", () => {
  const matrix = Float64Array.of(4, Number.NaN, 2, 5);
  expect(choleskyFactor(matrix, 2)).toBe(true);
  expect([matrix[0], matrix[2], matrix[3]]).toEqual([2, 1, 2]);
  const b = Float64Array.of(8, 8);
  choleskySolve(matrix, 2, b);
  expect([...b]).toEqual([1.5, 1]);
});

it.each([1, 2, 3, 7, 20])("solves a random system of %i equations", (n) => {
  const random = createRandom(n);
  const rows = Array.from({ length: n + 2 }, () => Array.from({ length: n }, () => random.normal()));
  const matrix = Float64Array.from({ length: n * n }, (_, at) =>
    rows.reduce((sum, row) => sum + row[Math.floor(at / n)]! * row[at % n]!, 0),
  );
  const x = Array.from({ length: n }, () => random.normal());
  const b = Float64Array.from(x, (_, i) => x.reduce((sum, value, j) => sum + matrix[i * n + j]! * value, 0));
  expect(choleskyFactor(matrix, n)).toBe(true);
  choleskySolve(matrix, n, b);
  for (const [i, value] of x.entries()) expect(b[i]).toBeCloseTo(value, 6);
});

it.each([[[0]], [[1, 0, 2, 1]], [[Number.NaN]]])("refuses %j", (values) => {
  expect(choleskyFactor(Float64Array.from(values), Math.sqrt(values.length))).toBe(false);
});
