import { describe, expect, test } from "vitest";
import { knnBaseline } from "./recommenders/knn-baseline.ts";
import { normalPredictor } from "./recommenders/normal-predictor.ts";
import { slopeOne } from "./recommenders/slope-one.ts";
import { svd } from "./recommenders/svd.ts";
import { predictRows, similaritiesTo } from "./scorer.ts";
import { randomTable, tableOf } from "./testing/small-tables.ts";
import { createTrainset } from "./trainset.ts";

const trainset = createTrainset(randomTable(4));

describe("predictRows", () => {
  const pairs = tableOf([
    ["u0", "i1", 1],
    ["u3", "i2", 1],
    ["nobody", "i2", 1],
    ["u3", "nothing", 1],
    ["nobody", "nothing", 1],
    ["u3", "i5", 1],
  ]);
  const rows = Int32Array.of(5, 0, 2, 1, 4, 3, 0);
  const expectedOf = (predict: (userId: string, itemId: string) => { value: number }) =>
    Float64Array.of(
      predict("u3", "i5").value,
      predict("u0", "i1").value,
      predict("nobody", "i2").value,
      predict("u3", "i2").value,
      predict("nobody", "nothing").value,
      predict("u3", "nothing").value,
      predict("u0", "i1").value,
    );

  test.each([svd({ factors: 3 }), slopeOne(), knnBaseline(), normalPredictor()])(
    "$algorithm: the predictions of the rows asked for, in that order, also for unknown ids",
    async (recommender) => {
      const model = await recommender.fit(trainset);
      const expected = expectedOf(model.predict);
      expect(await predictRows(model, pairs, rows)).toEqual(expected);
      expect(await predictRows(model, { users: pairs.users, items: pairs.items }, rows)).toEqual(expected);
      expect(await predictRows(model, pairs, new Int32Array())).toEqual(new Float64Array());
    },
  );

  test("estimates beyond the scale are clipped to it", async () => {
    const model = await svd({ factors: 3, initStd: 5, epochs: 1 }).fit(trainset);
    const table = randomTable(4);
    const all = Int32Array.from({ length: table.length }, (_, row) => row);
    const scores = [...trainset.userIds()].flatMap((userId) => [...model.scoreItems(userId)]);
    expect(Math.max(...scores)).toBeGreaterThan(5);
    const estimates = await predictRows(model, table, all);
    expect([Math.min(...estimates), Math.max(...estimates)]).toEqual([1, 5]);
  });

  test("a model that somebody else made is asked pair by pair", async () => {
    const model = await svd({ factors: 3 }).fit(trainset);
    const own = { ...model, predict: () => ({ value: 2.5 }) };
    expect(await predictRows(own, pairs, rows)).toEqual(new Float64Array(rows.length).fill(2.5));
  });

  test("stops when it is told to, whoever made the model", async () => {
    const signal = AbortSignal.abort();
    const model = await svd({ factors: 3 }).fit(trainset);
    for (const each of [model, { ...model }]) {
      await expect(predictRows(each, pairs, rows, { signal })).rejects.toMatchObject({ code: "aborted" });
    }
  });
});

describe("similaritiesTo", () => {
  const others = ["i7", "nothing", "i0", "i3"];

  test("is the model's similarity to each of the others, 0 where either is unknown", async () => {
    const model = await svd({ factors: 3 }).fit(trainset);
    const similarities = similaritiesTo(model, others)!;
    const expected = others.map((other) => model.similarity!("i3", other));
    expect([...similarities("i3")]).toEqual(expected);
    expect(expected[1]).toBe(0);
    expect(expected[3]).toBeCloseTo(1, 12);
    expect([...similarities("nothing")]).toEqual([0, 0, 0, 0]);
  });

  test("asks a model that somebody else made for each", async () => {
    const model = await svd({ factors: 3 }).fit(trainset);
    const own = { ...model, similarity: (a: unknown, b: unknown) => (a === b ? 1 : 0.25) };
    expect([...similaritiesTo(own, others)!("i3")]).toEqual([0.25, 0.25, 0.25, 1]);
  });

  test("is nothing where the model relates no items", async () => {
    expect(similaritiesTo(await normalPredictor().fit(trainset), others)).toBeUndefined();
    expect(similaritiesTo(await slopeOne().fit(trainset), others)).toBeUndefined();
  });
});
