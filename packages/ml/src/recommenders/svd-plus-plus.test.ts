import { createRandom, type Id, type RatingTable } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { randomTable, tableOf } from "../testing/small-tables.ts";
import { createTrainset } from "../trainset.ts";
import { svdPlusPlus } from "./svd-plus-plus.ts";
import { svdPlusPlusAccumulated } from "./svd-plus-plus-accumulated.ts";

const wide = { min: -1e9, max: 1e9 };
const options = {
  factors: 3,
  epochs: 3,
  initMean: 0.05,
  initStd: 0.2,
  learningRateBu: 0.01,
  learningRateBi: 0.02,
  learningRatePu: 0.03,
  learningRateQi: 0.04,
  learningRateYj: 0.05,
  regularizationBu: 0.1,
  regularizationBi: 0.2,
  regularizationPu: 0.3,
  regularizationQi: 0.4,
  regularizationYj: 0.5,
};

/** The steps as they are published: every y_j at every rating, or once per user. */
function oracle(table: RatingTable, seed: number, accumulated: boolean): (user: Id, item: Id) => number {
  const trainset = createTrainset(table);
  const random = createRandom(seed);
  const draw = () => Array.from({ length: 3 }, () => random.normal(0.05, 0.2));
  const add = (...vectors: number[][]) =>
    vectors[0]!.map((_, f) => vectors.reduce((sum, v) => sum + v[f]!, 0));
  const scaled = (by: number, vector: number[]) => vector.map((x) => by * x);
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, f) => sum + x * b[f]!, 0);
  const users = new Map([...trainset.userIds()].map((id) => [id, { b: 0, f: draw() }]));
  const items = new Map([...trainset.itemIds()].map((id) => [id, { b: 0, f: draw(), y: [] as number[] }]));
  for (const item of items.values()) item.y = draw();
  const ratedBy = (userId: Id) =>
    [...new Set([...trainset.ratingsOf(userId)].map(({ itemId }) => itemId))].map((id) => items.get(id)!);
  const implied = (rated: { y: number[] }[]) =>
    scaled(1 / Math.sqrt(rated.length), add([0, 0, 0], ...rated.map(({ y }) => y)));

  for (let epoch = 0; epoch < 3; epoch++) {
    for (const [userId, u] of users) {
      const rated = ratedBy(userId);
      const root = 1 / Math.sqrt(rated.length);
      const held = implied(rated);
      let gathered = [0, 0, 0];
      for (const { itemId, rating } of trainset.ratingsOf(userId)) {
        const i = items.get(itemId)!;
        const z = accumulated ? held : implied(rated);
        const e = rating - (trainset.globalMean + u.b + i.b + dot(i.f, add(u.f, z)));
        u.b += 0.01 * (e - 0.1 * u.b);
        i.b += 0.02 * (e - 0.2 * i.b);
        const [p, q] = [u.f, i.f];
        u.f = add(p, scaled(0.03, add(scaled(e, q), scaled(-0.3, p))));
        i.f = add(q, scaled(0.04, add(scaled(e, add(p, z)), scaled(-0.4, q))));
        gathered = add(gathered, scaled(e * root, q));
        if (accumulated) continue;
        for (const j of rated) j.y = add(j.y, scaled(0.05, add(scaled(e * root, q), scaled(-0.5, j.y))));
      }
      if (!accumulated) continue;
      const mean = scaled(1 / rated.length, gathered);
      for (const j of rated) j.y = add(j.y, scaled(0.05, add(mean, scaled(-0.5, j.y))));
    }
  }
  return (userId, itemId) => {
    const [u, i] = [users.get(userId)!, items.get(itemId)!];
    return trainset.globalMean + u.b + i.b + dot(i.f, add(u.f, implied(ratedBy(userId))));
  };
}

const twice = tableOf(
  [
    ["a", "x", 1],
    ["a", "x", 5],
    ["b", "x", 2],
    ["a", "y", 4],
  ],
  wide,
);
const tables: [string, RatingTable][] = [1, 2, 3, 4, 5].map((seed) => [
  `random table ${seed}`,
  { ...randomTable(seed, { step: 0.5 }), scale: wide },
]);

describe.each([
  { create: svdPlusPlus, accumulated: false },
  { create: svdPlusPlusAccumulated, accumulated: true },
])("$create.name", ({ create, accumulated }) => {
  it.each([...tables, ["a pair twice", twice] as const])(
    "agrees with the published steps: %s",
    async (_, table) => {
      const trainset = createTrainset(table);
      const model = await create(options).fit(trainset, { seed: 9 });
      const expected = oracle(table, 9, accumulated);
      for (const user of trainset.userIds()) {
        for (const item of trainset.itemIds()) {
          expect(model.predict(user, item).value).toBeCloseTo(expected(user, item), 10);
        }
      }
    },
  );

  it("takes one step by hand", async () => {
    const model = await create({
      factors: 1,
      epochs: 1,
      initMean: 0.5,
      initStd: 0,
      learningRate: 0.1,
      regularization: 0.2,
    }).fit(createTrainset(tableOf([["a", "x", 4]], wide)));
    // z = .5; e = 4 − (4 + .5·(.5 + .5)) = −.5; b = −.05; p = y = .5 + .1(−.5·.5 − .2·.5) = .465
    // q = .5 + .1(−.5·1 − .2·.5) = .44
    expect(model.predict("a", "x").value).toBeCloseTo(4 - 0.1 + 0.44 * (0.465 + 0.465), 13);
    expect(model.predict("a", "new")).toEqual({ value: expect.closeTo(3.95, 13), reason: "unknown_item" });
    expect(model.predict("new", "x")).toEqual({ value: expect.closeTo(3.95, 13), reason: "unknown_user" });
    expect(model.predict("new", "new")).toEqual({ value: 4, reason: "unknown_user_and_item" });
  });

  it("has Surprise's defaults", () => {
    expect(create().options).toEqual({
      factors: 20,
      epochs: 20,
      initMean: 0,
      initStd: 0.1,
      learningRate: 0.007,
      regularization: 0.02,
    });
  });

  it("says that it diverged, and what to change", async () => {
    await expect(create({ learningRate: 50 }).fit(createTrainset(randomTable(1)))).rejects.toMatchObject({
      code: "analysis",
      message: expect.stringMatching(/^svd-plus-plus.*learningRate/),
    });
  });

  it("reports its progress and stops when it is told to", async () => {
    const stop = new AbortController();
    const done: number[] = [];
    const fit = create({ epochs: 1000, factors: 200 }).fit(
      createTrainset(randomTable(2, { users: 60, items: 60 })),
      {
        signal: stop.signal,
        onProgress: (progress) => {
          expect(progress).toMatchObject({ total: 1000, unit: "epochs" });
          done.push(progress.done);
          stop.abort();
        },
      },
    );
    await expect(fit).rejects.toMatchObject({ code: "aborted" });
    expect(done.at(-1)).toBeLessThan(1000);
  });
});
