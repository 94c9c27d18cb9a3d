import { expect, it } from "vitest";
import { randomTable, tableOf } from "../testing/small-tables.ts";
import { createTrainset } from "../trainset.ts";
import { normalPredictor } from "./normal-predictor.ts";

it("keeps the mean and the population deviation of the ratings", async () => {
  const model = await normalPredictor().fit(
    createTrainset(
      tableOf([
        [1, 1, 1],
        [1, 2, 3],
        [2, 1, 5],
      ]),
    ),
  );
  expect(model.tensors().arrays.mu?.data).toEqual(Float64Array.of(3));
  expect(model.tensors().arrays.sigma?.data[0]).toBeCloseTo(Math.sqrt(8 / 3), 15);
});

it("answers a question the same way in any order, differently for another pair or seed", async () => {
  const trainset = createTrainset({ ...randomTable(3), scale: { min: -1e9, max: 1e9 } });
  const first = await normalPredictor().fit(trainset, { seed: 7 });
  const again = await normalPredictor().fit(trainset, { seed: 7 });
  const other = await normalPredictor().fit(trainset, { seed: 8 });
  const pairs = [...trainset.userIds()].flatMap((user) =>
    [...trainset.itemIds()].map((item) => [user, item] as const),
  );
  const answers = pairs.map(([user, item]) => first.predict(user, item).value);
  const backwards = pairs.toReversed().map(([user, item]) => again.predict(user, item).value);
  expect(backwards.toReversed()).toEqual(answers);
  expect(new Set(answers).size).toBe(answers.length);
  expect(pairs.map(([user, item]) => other.predict(user, item).value)).not.toEqual(answers);
  expect(first.predict("1", "nobody")).toEqual(first.predict(1, "nobody"));
});

it("draws from the normal distribution of the ratings", async () => {
  const trainset = createTrainset(
    tableOf(
      [
        [1, 1, -2],
        [1, 2, 2],
      ],
      { min: -1e9, max: 1e9 },
    ),
  );
  const model = await normalPredictor().fit(trainset);
  const draws = Array.from({ length: 20_000 }, (_, n) => model.predict(n % 141, n).value);
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  const deviation = Math.sqrt(draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length);
  // six standard errors of a mean and of a deviation over 20,000 draws from N(0, 2²)
  expect(Math.abs(mean)).toBeLessThan(6 * (2 / Math.sqrt(20_000)));
  expect(Math.abs(deviation - 2)).toBeLessThan(6 * (2 / Math.sqrt(40_000)));
});
