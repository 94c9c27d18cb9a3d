import { createRandom } from "@tamis/core";
import { expect, it } from "vitest";
import { randomTable, tableOf } from "../testing/small-tables.ts";
import { createTrainset } from "../trainset.ts";
import { bpr } from "./bpr.ts";
import { learnBpr } from "./bpr-descent.ts";

/** Two tastes: even users have even items, odd users odd ones; each has three of five. */
const tastes = tableOf(
  Array.from({ length: 20 }, (_, user) =>
    [0, 1, 2].map((n) => [`u${user}`, 2 * ((user + n) % 5) + (user % 2), 1] as const),
  ).flat(),
);

it("one step, by hand", async () => {
  // One user with item 0 of 2: the only pair is (0, 1).
  const feedback = { starts: Int32Array.of(0, 1), columns: Int32Array.of(0), values: Float64Array.of(1) };
  const [rate, lambda] = [0.1, 0.5];
  const options = {
    factors: 1,
    epochs: 1,
    learningRate: rate,
    regularization: lambda,
    initStd: 0.3,
    negatives: "uniform",
  } as const;
  const after = await learnBpr(feedback, 2, options, { seed: 5 });
  const random = createRandom(5);
  const w = random.normal(0, 0.3);
  const [h0, h1] = [random.normal(0, 0.3), random.normal(0, 0.3)];
  const g = 1 / (1 + Math.exp(w * (h0 - h1)));
  expect(after.ofUsers[0]).toBeCloseTo(w + rate * (g * (h0 - h1) - lambda * w), 15);
  expect(after.ofItems[0]).toBeCloseTo(h0 + rate * (g * w - lambda * h0), 15);
  expect(after.ofItems[1]).toBeCloseTo(h1 + rate * (-g * w - lambda * h1), 15);
  expect([...after.biases]).toEqual([expect.closeTo(rate * g, 14), expect.closeTo(-rate * g, 14)]);
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
