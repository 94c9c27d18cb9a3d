import { expect, it } from "vitest";
import { baselineOnly } from "../recommenders/baseline-only.ts";
import { ease } from "../recommenders/ease.ts";
import { svd } from "../recommenders/svd.ts";
import { randomTable } from "../testing/small-tables.ts";
import { createTrainset } from "../trainset.ts";
import { similarItems } from "./similar-items.ts";

const trainset = createTrainset(randomTable(4));

it.each([svd({ factors: 3 }), ease()])(
  "$algorithm: the most similar items, sorted, without the item",
  async (recommender) => {
    const model = await recommender.fit(trainset);
    const others = model.itemIds
      .filter((itemId) => itemId !== "i3")
      .map((itemId) => ({ itemId, score: model.similarity!("i3", itemId) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score);
    expect(others.length).toBeGreaterThan(1);
    expect(similarItems(model, "i3", 2)).toEqual(others.slice(0, 2));
    expect(similarItems(model, "i3", 100)).toEqual(others);
    expect(similarItems(model, "i3", 0)).toEqual([]);
  },
);

it("says what it cannot do", async () => {
  const model = await svd({ factors: 3 }).fit(trainset);
  expect(() => similarItems(model, "nothing", 3)).toThrow(expect.objectContaining({ code: "not_found" }));
  expect(() => similarItems(model, "i3", -1)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  const biases = await baselineOnly().fit(trainset);
  expect(() => similarItems(biases, "i3", 3)).toThrow("baseline-only model does not relate items");
});
