import { createRandom, type Id, type RatingTable } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { randomTable, tableOf } from "../testing/small-tables.ts";
import { createTrainset } from "../trainset.ts";
import { itemKnn } from "./item-knn.ts";
import type { ItemKnnInput } from "./item-knn-options.ts";

const tiny = tableOf([
  ["a", "x", 5],
  ["a", "y", 3],
  ["b", "x", 4],
  ["b", "y", 2],
  ["b", "z", 1],
  ["c", "z", 5],
]);

it("binary cosine by hand: users a {x, y}, b {x, y, z}, c {z}", async () => {
  const model = await itemKnn({ shrinkage: 0 }).fit(createTrainset(tiny));
  // x · y = 2, |x| = |y| = |z| = √2, x · z = y · z = 1
  expect(model.similarity!("x", "y")).toBeCloseTo(1, 15);
  expect(model.similarity!("x", "z")).toBeCloseTo(0.5, 15);
  expect(model.predict("c", "x").value).toBeCloseTo(0.5, 15);
  expect(model.predict("a", "z").value).toBeCloseTo(1, 15);
  expect(model.explain!("b", "z").contributions).toEqual([
    { itemId: "x", value: model.similarity!("x", "z") },
    { itemId: "y", value: model.similarity!("y", "z") },
  ]);
});

it("keeps k neighbours of each target, the lower inner index at a tie", async () => {
  const model = await itemKnn({ shrinkage: 0, k: 1 }).fit(createTrainset(tiny));
  // z is as near to x as to y: x came first
  expect(
    model.explain!(
      [
        { itemId: "x", rating: 1 },
        { itemId: "y", rating: 1 },
      ],
      "z",
    ).contributions,
  ).toHaveLength(1);
  expect(model.predict("a", "z").value).toBeCloseTo(0.5, 15);
});

describe.each<[string, ItemKnnInput]>([
  ["cosine", { shrinkage: 3 }],
  ["cosine of ratings", { values: "rating", shrinkage: 0, k: 4 }],
  ["jaccard", { similarity: "jaccard", shrinkage: 0.5, k: 3 }],
  ["tf-idf", { weighting: "tf-idf", shrinkage: 0, values: "rating", k: 5 }],
  ["bm25", { weighting: "bm25", similarity: "dot", bm25B: 0.4, k: 5, values: "rating" }],
])("%s", (_, input) => {
  it.each([1, 2, 3])("agrees with the definition, over maps: random table %i", async (seed) => {
    const table = randomTable(seed, { users: 15, items: 11 });
    const model = await itemKnn(input).fit(createTrainset(table));
    const oracle = oracleScores(table, input, model.itemIds);
    for (const user of table.users.ids) {
      for (const item of model.itemIds) {
        expect(model.predict(user, item).value).toBeCloseTo(oracle(user, item), 10);
      }
    }
  });
});

it("keeps no more than k neighbours of each item, however many there are", async () => {
  const random = createRandom(1);
  const rows = Array.from({ length: 3000 }, () => [random.integer(60), random.integer(200), 1] as const);
  const model = await itemKnn({ k: 7 }).fit(createTrainset(tableOf(rows)));
  expect(model.tensors().arrays.neighbour_values!.data.length).toBeLessThanOrEqual(7 * model.itemIds.length);
});

it("refuses to weigh sets", () => {
  expect(() => itemKnn({ similarity: "jaccard", weighting: "bm25" })).toThrow(
    expect.objectContaining({ code: "invalid_input", message: expect.stringContaining("jaccard") }),
  );
});

/** Everything by its definition, with no thought for speed. */
function oracleScores(
  table: RatingTable,
  input: ItemKnnInput,
  items: readonly Id[],
): (user: Id, item: Id) => number {
  const { similarity = "cosine", weighting = "none", shrinkage = 50, k = 200, values = "binary" } = input;
  const { bm25K1: k1 = 1.2, bm25B: b = 0.75 } = input;
  const feedback = new Map<Id, Map<Id, number>>(table.users.ids.map((user) => [user, new Map()]));
  for (let row = 0; row < table.length; row++) {
    const user = table.users.ids[table.users.codes[row]!]!;
    const item = table.items.ids[table.items.codes[row]!]!;
    feedback.get(user)!.set(item, values === "binary" ? 1 : table.ratings[row]!);
  }
  const users = table.users.ids;
  const total = (item: Id) =>
    users.reduce((sum: number, user) => sum + (feedback.get(user)!.get(item) ?? 0), 0);
  const meanTotal = items.reduce((sum: number, item) => sum + total(item), 0) / items.length;
  function weight(user: Id, item: Id): number {
    const value = feedback.get(user)!.get(item);
    if (value === undefined) return 0;
    const idf = Math.max(0, Math.log(items.length) - Math.log(1 + feedback.get(user)!.size));
    if (weighting === "tf-idf") return Math.sqrt(value) * idf;
    if (weighting === "none") return value;
    return ((value * (k1 + 1)) / (k1 * (1 - b + (b * total(item)) / meanTotal) + value)) * idf;
  }
  const dot = (i: Id, j: Id) =>
    users.reduce((sum: number, user) => sum + weight(user, i) * weight(user, j), 0);
  const has = (i: Id) => users.filter((user) => feedback.get(user)!.has(i));
  function alike(i: Id, j: Id): number {
    if (similarity === "dot") return dot(i, j);
    if (similarity === "cosine") {
      return dot(i, j) === 0 ? 0 : dot(i, j) / (Math.sqrt(dot(i, i)) * Math.sqrt(dot(j, j)) + shrinkage);
    }
    const common = has(i).filter((user) => feedback.get(user)!.has(j)).length;
    return common / (new Set([...has(i), ...has(j)]).size + shrinkage);
  }
  const neighbours = new Map(
    items.map((item) => {
      const kept = items
        .filter((other) => other !== item)
        .map((other) => ({ other, value: alike(item, other) }))
        .filter(({ value }) => value > 0)
        .sort((p, q) => (Math.abs(p.value - q.value) < 1e-12 ? 0 : q.value - p.value))
        .slice(0, k);
      return [item, kept];
    }),
  );
  return (user, item) =>
    neighbours
      .get(item)!
      .reduce((sum, { other, value }) => sum + (feedback.get(user)!.get(other) ?? 0) * value, 0);
}
