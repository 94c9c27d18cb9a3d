import type { RatingTable } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { createRecommender, recommenderNames } from "../recommenders.ts";
import { predictRows } from "../scorer.ts";
import { randomTable, tableOf } from "../testing/small-tables.ts";
import { createTrainset } from "../trainset.ts";
import { similarityNames } from "./similarity.ts";

const ratingRecommenders = recommenderNames.filter((name) => createRecommender(name).kind !== "ranking");

/** What every recommender of ratings owes, whatever its formula. */
const configurations: [string, Record<string, unknown>][] = [
  ...ratingRecommenders.filter((name) => !name.startsWith("knn")).map((name): [string, object] => [name, {}]),
  ...["knn-basic", "knn-with-means", "knn-with-z-score", "knn-baseline"].flatMap((name) =>
    similarityNames.flatMap((similarity) =>
      [true, false].map((userBased): [string, object] => [
        name,
        { k: 4, similarity: { name: similarity, userBased, shrinkage: 0 } },
      ]),
    ),
  ),
] as [string, Record<string, unknown>][];

const tables: [string, RatingTable][] = [
  ["1..5", randomTable(1)],
  ["half stars", randomTable(2, { scale: { min: 0.5, max: 5 }, step: 0.5 })],
  ["-10..10", randomTable(3, { scale: { min: -10, max: 10 } })],
  ["one rating", tableOf([["only", "thing", 4]])],
  [
    "all equal, not exact in binary",
    tableOf([1, 2, 3, 4].flatMap((u) => [1, 2, 3, 4].map((i) => [u, i, 3.3] as const))),
  ],
  [
    "all zero",
    tableOf(
      [1, 2, 3].flatMap((u) => [1, 2, 3].map((i) => [u, i, 0] as const)),
      { min: 0, max: 10 },
    ),
  ],
  [
    "a pair twice",
    tableOf([
      ["a", "x", 1],
      ["a", "x", 5],
      ["b", "x", 2],
      ["b", "y", 2],
      ["a", "y", 4],
    ]),
  ],
];

describe.each(configurations)("%s %j", (name, options) => {
  it.each(tables)(
    "gives finite estimates on the scale, the same by every way of asking: %s",
    async (_, table) => {
      const trainset = createTrainset(table);
      const model = await createRecommender(name, options).fit(trainset);
      const { min, max } = table.scale;
      expect(model.itemIds).toEqual([...trainset.itemIds()]);
      for (const user of [...trainset.userIds(), "nobody"]) {
        const scores = model.scoreItems(user);
        expect(scores).toHaveLength(model.itemIds.length);
        for (const [n, item] of model.itemIds.entries()) {
          const { value } = model.predict(user, item);
          expect(value >= min && value <= max, `${user} ${item}: ${value}`).toBe(true);
          expect(Math.min(Math.max(scores[n]!, min), max)).toBe(value);
        }
        expect(Number.isFinite(model.predict(user, "nothing").value)).toBe(true);
      }
      const rows = Int32Array.from({ length: table.length }, (_, row) => row).reverse();
      const batch = await predictRows(model, table, rows);
      for (const [n, row] of rows.entries()) {
        const userId = table.users.ids[table.users.codes[row]!]!;
        expect(batch[n]).toBe(model.predict(userId, table.items.ids[table.items.codes[row]!]!).value);
      }
    },
  );

  it("is the same model for the same seed, bit for bit, and keeps nothing of the table", async () => {
    const table = randomTable(7);
    const recommender = createRecommender(name, options);
    const first = await recommender.fit(createTrainset(table), { seed: 3 });
    const second = await recommender.fit(createTrainset(table), { seed: 3 });
    expect(second.tensors()).toEqual(first.tensors());
    const before = first.scoreItems("u3");
    table.ratings.fill(1);
    expect(first.scoreItems("u3")).toEqual(before);
    expect(second.scoreItems("u3")).toEqual(before);
  });

  it("does not start when it is told to stop", async () => {
    const fit = createRecommender(name, options).fit(createTrainset(tables[0]![1]), {
      signal: AbortSignal.abort(),
    });
    await expect(fit).rejects.toMatchObject({ code: "aborted" });
  });
});

describe("fall-backs for unknown users and items", () => {
  const table = tableOf([
    ["a", "x", 5],
    ["a", "y", 4],
    ["b", "x", 3],
    ["b", "y", 1],
    ["c", "y", 2],
  ]);

  it.each(["knn-basic", "knn-with-means", "knn-with-z-score"])(
    "%s: the mean of all ratings",
    async (name) => {
      const model = await createRecommender(name).fit(createTrainset(table));
      expect(model.predict("new", "x")).toEqual({ value: 3, reason: "unknown_user" });
      expect(model.predict("a", "new")).toEqual({ value: 3, reason: "unknown_item" });
      expect(model.predict("new", "new")).toEqual({ value: 3, reason: "unknown_user_and_item" });
    },
  );

  it.each([true, false])("knn-baseline: what baseline-only says, user-based %s", async (userBased) => {
    const trainset = createTrainset(table);
    const model = await createRecommender("knn-baseline", { similarity: { userBased } }).fit(trainset);
    const baseline = await createRecommender("baseline-only").fit(trainset);
    for (const [user, item] of [
      ["new", "x"],
      ["a", "new"],
      ["new", "new"],
    ] as const) {
      expect(model.predict(user, item)).toEqual(baseline.predict(user, item));
    }
  });
});
