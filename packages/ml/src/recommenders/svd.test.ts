import { createRandom } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { randomTable, tableOf } from "../testing/small-tables.ts";
import { createTrainset } from "../trainset.ts";
import { svd } from "./svd.ts";

const wide = { min: -1e9, max: 1e9 };

describe("svd", () => {
  it("takes one step by hand", async () => {
    const trainset = createTrainset(
      tableOf(
        [
          ["a", "x", 4],
          ["a", "y", 2],
        ],
        wide,
      ),
    );
    const model = await svd({
      factors: 1,
      epochs: 1,
      initMean: 0.5,
      initStd: 0,
      learningRate: 0.1,
      regularization: 0.2,
    }).fit(trainset);
    // (a, x): e = 4 − (3 + .25) = .75; b = .075; p = q = .5 + .1(.75·.5 − .2·.5) = .5275
    // (a, y): e = 2 − (3 + .075 + .5·.5275) = −1.33875; b_a = .075 + .1(−1.33875 − .015)
    const ba = 0.075 + 0.1 * (-1.33875 - 0.015);
    const p = 0.5275 + 0.1 * (-1.33875 * 0.5 - 0.2 * 0.5275);
    const qy = 0.5 + 0.1 * (-1.33875 * 0.5275 - 0.2 * 0.5);
    expect(model.predict("a", "x").value).toBeCloseTo(3 + ba + 0.075 + p * 0.5275, 6);
    expect(model.predict("a", "y").value).toBeCloseTo(3 + ba - 0.133875 + p * qy, 6);
    expect(model.predict("a", "new")).toEqual({ value: expect.closeTo(3 + ba, 6), reason: "unknown_item" });
    expect(model.predict("new", "x")).toEqual({ value: expect.closeTo(3.075, 6), reason: "unknown_user" });
    expect(model.predict("new", "new")).toEqual({ value: 3, reason: "unknown_user_and_item" });
  });

  // One user, or one item, is one block: the descent is then plain loops in the order of the ratings.
  it.each([
    [true, { users: 1, items: 30 }],
    [false, { users: 1, items: 30 }],
    [true, { users: 30, items: 1 }],
    [false, { users: 30, items: 1 }],
  ])("agrees with plain loops, each rate its own, biased %s, %o", async (biased, size) => {
    const random = createRandom(5);
    const rows = Array.from({ length: 30 }, (_, n): [string, string, number] => [
      `u${n % size.users}`,
      `i${n % size.items}`,
      random.integer(10) / 2,
    ]);
    const table = tableOf(rows, wide);
    const options = {
      factors: 7,
      epochs: 3,
      biased,
      initMean: 0.05,
      initStd: 0,
      learningRateBu: 0.01,
      learningRateBi: 0.02,
      learningRatePu: 0.03,
      learningRateQi: 0.04,
      regularizationBu: 0.1,
      regularizationBi: 0.2,
      regularizationPu: 0.3,
      regularizationQi: 0.4,
    };
    const trainset = createTrainset(table);
    const model = await svd(options).fit(trainset, { seed: 9 });

    const start = () => ({ b: 0, f: Array.from({ length: 7 }, () => 0.05) });
    const users = new Map([...trainset.userIds()].map((id) => [id, start()]));
    const items = new Map([...trainset.itemIds()].map((id) => [id, start()]));
    const mu = biased ? trainset.globalMean : 0;
    for (let epoch = 0; epoch < 3; epoch++) {
      for (const { userId, itemId, rating } of trainset.ratings()) {
        const [u, i] = [users.get(userId)!, items.get(itemId)!];
        const e = rating - (mu + u.b + i.b + u.f.reduce((sum, p, n) => sum + p * i.f[n]!, 0));
        if (biased) u.b += 0.01 * (e - 0.1 * u.b);
        if (biased) i.b += 0.02 * (e - 0.2 * i.b);
        const old = u.f;
        u.f = old.map((p, n) => p + 0.03 * (e * i.f[n]! - 0.3 * p));
        i.f = i.f.map((q, n) => q + 0.04 * (e * old[n]! - 0.4 * q));
      }
    }
    for (const [userId, u] of users) {
      for (const [itemId, i] of items) {
        const expected = mu + u.b + i.b + u.f.reduce((sum, p, n) => sum + p * i.f[n]!, 0);
        expect(model.predict(userId, itemId).value).toBeCloseTo(expected, 5);
      }
    }
  });

  it("without biases answers the mean for an unknown side", async () => {
    const model = await svd({ biased: false }).fit(
      createTrainset(
        tableOf([
          ["a", "x", 4],
          ["b", "y", 1],
        ]),
      ),
    );
    expect(model.predict("a", "new").value).toBe(2.5);
    expect(model.predict("new", "x").value).toBe(2.5);
  });

  it("has Surprise's defaults", () => {
    expect(svd().options).toEqual({
      factors: 100,
      epochs: 20,
      biased: true,
      initMean: 0,
      initStd: 0.1,
      learningRate: 0.005,
      rateDecay: 0,
      regularization: 0.02,
    });
  });

  it("says that it diverged, and what to change", async () => {
    const fit = svd({ learningRate: 10 }).fit(createTrainset(randomTable(1)));
    await expect(fit).rejects.toMatchObject({
      code: "analysis",
      message: expect.stringMatching(/learningRate/),
    });
  });

  it("reports every epoch and stops between two when it is told to", async () => {
    const stop = new AbortController();
    const done: number[] = [];
    const fit = svd({ epochs: 1000, factors: 200 }).fit(
      createTrainset(randomTable(2, { users: 60, items: 60 })),
      {
        signal: stop.signal,
        onProgress: (progress) => {
          expect(progress).toMatchObject({ phase: "fit svd", total: 1000, unit: "epochs" });
          done.push(progress.done);
          stop.abort();
        },
      },
    );
    await expect(fit).rejects.toMatchObject({ code: "aborted" });
    expect(done.at(-1)).toBeLessThan(1000);
  });
});
