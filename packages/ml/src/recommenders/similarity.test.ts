import { describe, expect, it } from "vitest";
import { groupRows } from "../sparse-rows.ts";
import { type SimilarityName, similarityRows } from "./similarity.ts";

/** Three users; user 0 and 1 share items 0, 1, 2, user 2 shares item 2 with both. */
const entries: [item: number, user: number, rating: number][] = [
  [0, 0, 1],
  [0, 1, 2],
  [1, 0, 3],
  [1, 1, 3],
  [2, 0, 5],
  [2, 1, 2],
  [2, 2, 4],
];

function similarities(
  name: SimilarityName,
  { minSupport = 1, shrinkage = 100, rows = entries, users = 3 } = {},
): number[][] {
  const items = Math.max(...rows.map(([item]) => item)) + 1;
  const matrix = groupRows(
    items,
    Int32Array.from(rows, ([item]) => item),
    Int32Array.from(rows, ([, user]) => user),
    Float64Array.from(rows, ([, , rating]) => rating),
  );
  const { fill } = similarityRows(matrix, users, { name, minSupport, shrinkage });
  return Array.from({ length: users }, (_, x) => {
    const row = new Float64Array(users);
    fill(x, row);
    return [...row];
  });
}

describe("similarityRows", () => {
  it("msd: 1 / (mean squared difference + 1)", () => {
    // differences of 0 and 1: −1, 0, 3 → (1 + 0 + 9) / 3 = 10/3
    const [first] = similarities("msd");
    expect(first).toEqual([1, 3 / (10 + 3), 1 / (1 + 1)]);
  });

  it("cosine: over the common items only", () => {
    // 1·2 + 3·3 + 5·2 = 21; 1 + 9 + 25 = 35; 4 + 9 + 4 = 17
    const [first] = similarities("cosine");
    expect(first).toEqual([1, 21 / Math.sqrt(35 * 17), 1]);
  });

  it("pearson: means over the common items, 0 for a single one", () => {
    // 3·21 − 9·7 = 0 for users 0 and 1; one common item has no variance
    expect(similarities("pearson")[0]).toEqual([1, 0, 0]);
    // (1, 3, 5) against (2, 3, 3): (3·26 − 9·8) / √((3·35 − 81)(3·22 − 64)) = 6 / √48
    const rows = entries.map((entry) => (entry[0] === 2 && entry[1] === 1 ? ([2, 1, 3] as const) : entry));
    expect(similarities("pearson", { rows: rows as typeof entries })[0]?.[1]).toBeCloseTo(
      6 / Math.sqrt(48),
      15,
    );
  });

  it("pearson_baseline: cosine of residuals, shrunk, for two or more common items", () => {
    // the matrix holds residuals here; n = 3: weight 2 / (2 + 100)
    const [first] = similarities("pearson_baseline");
    expect(first?.[1]).toBeCloseTo((21 / Math.sqrt(35 * 17)) * (2 / 102), 15);
    expect(first?.[2]).toBe(0);
    expect(similarities("pearson_baseline", { shrinkage: 0 })[0]).toEqual([1, 21 / Math.sqrt(35 * 17), 0]);
  });

  it.each(["msd", "cosine", "pearson", "pearson_baseline"] as const)(
    "%s: too little support gives 0, no common item gives 0, the diagonal is 1, rows are symmetric",
    (name) => {
      const supported = similarities(name, { minSupport: 3 });
      expect(supported[0]?.[2]).toBe(0);
      expect(similarities(name, { minSupport: 4 })[0]).toEqual([1, 0, 0]);
      const apart = similarities(name, {
        rows: [
          [0, 0, 3],
          [1, 1, 3],
        ],
        users: 2,
      });
      expect(apart).toEqual([
        [1, 0],
        [0, 1],
      ]);
      const all = similarities(name);
      for (const a of [0, 1, 2]) for (const b of [0, 1, 2]) expect(all[a]?.[b]).toBe(all[b]?.[a]);
    },
  );

  it("never gives NaN: ratings of 0, users without variance, equal ratings that do not cancel exactly", () => {
    const zeros: typeof entries = [
      [0, 0, 0],
      [0, 1, 0],
      [1, 0, 0],
      [1, 1, 4],
    ];
    expect(similarities("cosine", { rows: zeros, users: 2 })[0]).toEqual([1, 0]);
    expect(similarities("pearson", { rows: zeros, users: 2 })[0]).toEqual([1, 0]);
    const flat: typeof entries = [0, 1, 2, 3, 4, 5, 6].flatMap((item) => [
      [item, 0, 3.3],
      [item, 1, item],
    ]);
    expect(similarities("pearson", { rows: flat, users: 2 })[0]).toEqual([1, 0]);
  });
});
