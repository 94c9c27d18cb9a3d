import { expect, it } from "vitest";
import { randomTable, tableOf } from "../testing/small-tables.ts";
import { createTrainset } from "../trainset.ts";
import { bpr } from "./bpr.ts";

/** Two tastes: even users have even items, odd users odd ones; each has three of five. */
const tastes = tableOf(
  Array.from({ length: 20 }, (_, user) =>
    [0, 1, 2].map((n) => [`u${user}`, 2 * ((user + n) % 5) + (user % 2), 1] as const),
  ).flat(),
);

it("one step, by hand", async () => {
  // One user with item 0 of 2: the only pair is (0, 1).
  const [rate, lambda] = [0.1, 0.5];
  const table = tableOf([
    ["a", "x", 5],
    ["b", "y", 1],
  ]);
  const learn = (epochs: number) =>
    bpr({ factors: 1, epochs, learningRate: rate, regularization: lambda, initStd: 0.3, minRating: 3 }).fit(
      createTrainset(table),
      { seed: 5 },
    );
  const [before, after] = [(await learn(1)).tensors().arrays, (await learn(2)).tensors().arrays];
  const w = before.user_factors!.data[0]!;
  const [h0, h1] = before.item_factors!.data as Float64Array;
  const [b0, b1] = before.item_biases!.data as Float64Array;
  const g = 1 / (1 + Math.exp(b0! - b1! + w * (h0! - h1!)));
  const expected = {
    user_factors: [w + rate * (g * (h0! - h1!) - lambda * w)],
    item_factors: [h0! + rate * (g * w - lambda * h0!), h1! + rate * (-g * w - lambda * h1!)],
    item_biases: [b0! + rate * (g - lambda * b0!), b1! + rate * (-g - lambda * b1!)],
  };
  for (const [name, values] of Object.entries(expected))
    for (const [n, value] of values.entries()) expect(after[name]!.data[n]).toBeCloseTo(value, 6);
});

it.each(["uniform", "popularity"] as const)(
  "learns tastes from pairs, negatives by %s",
  async (negatives) => {
    const model = await bpr({ factors: 4, epochs: 200, learningRate: 0.1, negatives }).fit(
      createTrainset(tastes),
    );
    for (const user of ["u0", "u7"]) {
      const scores = [...model.scoreItems(user)];
      const own = (item: unknown) => Number(item) % 2 === Number(user.slice(1)) % 2;
      const worstOwn = Math.min(...scores.filter((_, n) => own(model.itemIds[n])));
      const bestOther = Math.max(...scores.filter((_, n) => !own(model.itemIds[n])));
      expect(worstOwn).toBeGreaterThan(bestOther);
    }
  },
);

it("a fold-in of a known user's history orders items much as training did", async () => {
  const trainset = createTrainset(tastes);
  const model = await bpr({ factors: 4, epochs: 200, learningRate: 0.1 }).fit(trainset);
  for (const user of trainset.userIds()) {
    const folded = model.foldIn!([...trainset.ratingsOf(user)]);
    const trained = model.scoreItems(user);
    const best = (scores: Float64Array) =>
      [...scores.keys()]
        .sort((a, b) => scores[b]! - scores[a]!)
        .slice(0, 5)
        .sort();
    expect(best(folded)).toEqual(best(trained));
  }
});

it("leaves steps out for a user who has everything, and says when it diverges", async () => {
  const all = tableOf([1, 2].flatMap((user) => [1, 2, 3].map((item) => [user, item, 1] as const)));
  const model = await bpr({ epochs: 2 }).fit(createTrainset(all));
  const start = await bpr({ epochs: 1 }).fit(createTrainset(all));
  expect(model.scoreItems(1)).toEqual(start.scoreItems(1));
  const fit = bpr({ learningRate: 1e200 }).fit(createTrainset(randomTable(1)));
  await expect(fit).rejects.toMatchObject({ code: "analysis" });
});
