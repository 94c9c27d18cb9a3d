import { createRandom } from "@tamis/core";
import { expect, it } from "vitest";
import { rowCosines } from "./cosine.ts";

it.each([1, 2, 3, 4, 7, 100, 101])(
  "cosines of rows of %d with many are those with one, bit for bit",
  (length) => {
    const random = createRandom(length);
    const factors = Float64Array.from({ length: 50 * length }, () => random.normal(0, 1));
    factors.fill(0, 3 * length, 4 * length);
    const cosines = rowCosines(factors, length);
    const others = [
      Int32Array.of(4, 9, 3, 4, 40),
      Int32Array.from({ length: 30 }, (_, n) => n),
      new Int32Array(0),
    ];
    const withOthers = others.map((rows) => cosines.with(rows));
    // By turns, so that each comes after another one's rows.
    for (const row of [0, 3, 17, 49]) {
      for (const [set, rows] of others.entries()) {
        expect(withOthers[set]!(row)).toEqual(Float64Array.from(rows, (other) => cosines.of(row, other)));
      }
    }
    expect(cosines.of(3, 5)).toBe(0);
  },
);
