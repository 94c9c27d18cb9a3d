import { type Id, throwIfAborted } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { defineRecommender } from "./define-recommender.ts";
import { crossValidate } from "./evaluate/cross-validate.ts";
import { readModelFile, writeModelFile } from "./model-file/model-file.ts";
import { recommenderContract } from "./testing/recommender-contract.ts";
import { randomTable, tableOf } from "./testing/small-tables.ts";
import { createTrainset } from "./trainset.ts";

const dampedMean = (damping: number) =>
  defineRecommender({
    algorithm: "damped-item-mean",
    options: { damping },
    fit(trainset) {
      const mean = (itemId: Id) => {
        const ratings = [...trainset.ratingsFor(itemId)];
        const sum = ratings.reduce((total, { rating }) => total + rating, 0);
        return (sum + damping * trainset.globalMean) / (ratings.length + damping);
      };
      return { means: Float64Array.from(trainset.itemIds(), mean) };
    },
    estimate: ({ means }, _user, item) => (item === undefined ? undefined : means[item]),
  });

/** Learns over time and by chance: what a descent would use of the context. */
const noisyUsers = defineRecommender({
  algorithm: "noisy-users",
  kind: "ranking",
  async fit(trainset, { random, signal, onProgress }) {
    const noise = new Float32Array(trainset.userCount);
    for (let user = 0; user < noise.length; user++) {
      throwIfAborted(signal);
      noise[user] = random.normal();
      onProgress?.({ phase: "draw", done: user + 1, total: noise.length, unit: "users" });
    }
    const counts = Int32Array.from(trainset.itemIds(), (itemId) => [...trainset.ratingsFor(itemId)].length);
    return { noise, counts };
  },
  estimate({ noise, counts }, user, item) {
    if (item === undefined) return undefined;
    return counts[item]! * (user === undefined ? 1 : 1 + Math.abs(noise[user]!));
  },
});

recommenderContract({ create: () => dampedMean(2) });
recommenderContract({ create: () => noisyUsers });

describe("defineRecommender", () => {
  const table = tableOf([
    [1, "x", 5],
    [2, "x", 4],
    [2, "y", 1],
    [3, "y", 2],
  ]);

  it("by hand: μ = 3, mean of x with 2 ratings of μ = (9 + 6) / 4", async () => {
    const model = await dampedMean(2).fit(createTrainset(table), { seed: 8 });
    expect(model).toMatchObject({ algorithm: "damped-item-mean", options: { damping: 2 }, seed: 8 });
    expect(model.predict(1, "x")).toEqual({ value: 3.75 });
    expect(model.predict("new", "y")).toEqual({ value: 2.25, reason: "unknown_user" });
    expect(model.predict(1, "new")).toEqual({ value: 3, reason: "unknown_item" });
    expect([...model.scoreItems(3)]).toEqual([3.75, 2.25]);
  });

  it("is cross-validated like any other", async () => {
    const result = await crossValidate(randomTable(5), dampedMean(5));
    expect(result).toMatchObject({ model: "damped-item-mean", options: { damping: 5 } });
    expect(result.rmse.mean).toBeGreaterThan(0);
  });

  it("goes through a model file and back; who does not know it, or knows it otherwise, says so", async () => {
    const model = await dampedMean(2).fit(createTrainset(table));
    const chunks: Uint8Array[] = [];
    for await (const chunk of writeModelFile(model, { metrics: {} })) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    expect(readModelFile(bytes, [noisyUsers, dampedMean(2)]).model.scoreItems(1)).toEqual(
      model.scoreItems(1),
    );
    const unsupported = expect.objectContaining({ code: "unsupported" });
    expect(() => readModelFile(bytes)).toThrow(unsupported);
    expect(() => readModelFile(bytes, [dampedMean(3)])).toThrow(unsupported);
  });

  it("refuses names that are taken", async () => {
    const estimate = () => undefined;
    const invalid = expect.objectContaining({ code: "invalid_input" });
    expect(() => defineRecommender({ algorithm: "svd", fit: () => ({}), estimate })).toThrow(invalid);
    const taken = defineRecommender({
      algorithm: "taken",
      fit: () => ({ global_mean: Float64Array.of(1) }),
      estimate,
    });
    await expect(taken.fit(createTrainset(table))).rejects.toEqual(invalid);
  });
});
