import { describe, expect, it } from "vitest";
import { createRecommender, recommenderNames } from "../recommenders.ts";
import { recommenderContract } from "../testing/recommender-contract.ts";
import { tableOf } from "../testing/small-tables.ts";
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
  ["svd", { biased: false, factors: 3 }],
  ["nmf", { biased: true, factors: 3 }],
  ["slope-one", { weighted: true }],
  ["baseline-only", { method: "sgd" }],
  ["knn-baseline", { baseline: { method: "sgd" }, similarity: { userBased: true } }],
  ["knn-baseline", { baseline: { method: "sgd" }, similarity: { userBased: false } }],
] as [string, Record<string, unknown>][];

const exact = [
  "baseline-only",
  "slope-one",
  "knn-basic",
  "knn-with-means",
  "knn-with-z-score",
  "knn-baseline",
];

for (const [name, options] of configurations) {
  recommenderContract({
    create: () => createRecommender(name, options),
    forgetsExactly: exact.includes(name) && !isUserBasedOnDescent(options),
  });
}

/** Baselines by gradient descent depend on an order of the ratings that a user-based model does not keep. */
function isUserBasedOnDescent({ similarity, baseline }: Record<string, unknown>): boolean {
  const { userBased } = (similarity ?? {}) as { userBased?: boolean };
  return userBased === true && (baseline as { method?: string } | undefined)?.method === "sgd";
}

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
