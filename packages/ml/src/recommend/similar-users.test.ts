import { expect, test } from "vitest";
import { createRecommender } from "../recommenders.ts";
import { randomTable, tableOf } from "../testing/small-tables.ts";
import { createTrainset } from "../trainset.ts";
import { similarUsers } from "./similar-users.ts";

const table = tableOf([
  [1, "x", 5],
  [1, "y", 1],
  [2, "x", 5],
  [2, "y", 2],
  [3, "x", 1],
  [3, "y", 5],
  [4, "z", 3],
]);

test("by hand: the mean squared difference to user 1 is 1/2 for user 2, 16 for user 3; user 4 shares nothing", async () => {
  const model = await createRecommender("knn-basic").fit(createTrainset(table));
  expect(similarUsers(model, "1", 10)).toEqual([
    { userId: 2, score: 1 / 1.5 },
    { userId: 3, score: 1 / 17 },
  ]);
  expect(similarUsers(model, 1, 1)).toHaveLength(1);
});

test.each(["svd", "svd-plus-plus", "nmf"])(
  "%s: the largest cosines, all of them when asked",
  async (name) => {
    const model = await createRecommender(name).fit(createTrainset(randomTable(4)));
    const found = similarUsers(model, "u3", 100);
    const expected = model
      .tensors()
      .users.filter((user) => user !== "u3" && model.userSimilarity!("u3", user) > 0);
    expect(new Set(found.map(({ userId }) => userId))).toEqual(new Set(expected));
    for (const [place, { userId, score }] of found.entries()) {
      expect(score).toBe(model.userSimilarity!(userId, "u3"));
      expect(score).toBeLessThanOrEqual(found[place - 1]?.score ?? 1 + 1e-12);
    }
  },
);

test("refuses what it cannot answer", async () => {
  const model = await createRecommender("knn-basic").fit(createTrainset(table));
  const itemBased = createRecommender("knn-basic", { similarity: { userBased: false } });
  const other = await itemBased.fit(createTrainset(table));
  const code = (code: string) => expect.objectContaining({ code });
  expect(() => similarUsers(model, 99, 1)).toThrow(code("not_found"));
  expect(() => similarUsers(model, 1, -1)).toThrow(code("invalid_input"));
  expect(() => similarUsers(other, 1, 1)).toThrow(code("unsupported"));
});
