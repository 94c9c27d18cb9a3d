import { describe, expect, it } from "vitest";
import { crossValidate } from "./evaluate/cross-validate.ts";
import { rankValidate } from "./evaluate/rank-validate.ts";
import { presets, tunedOptions } from "./presets.ts";
import { createRecommender } from "./recommenders.ts";
import { missingData, readMovielens100k, readReferencePermutation } from "./testing/movielens.ts";

describe("tunedOptions", () => {
  it.each(Object.keys(presets))("are options of %s, whatever the number of ratings", (name) => {
    for (const count of [0, 1, 100, 100_000, 1e9]) {
      const options = tunedOptions(name, count);
      expect(createRecommender(name, options).options).toMatchObject(options);
    }
  });

  it("are those of the data set nearest in size", () => {
    expect(tunedOptions("svd", 50)).toMatchObject({ factors: 50 });
    expect(tunedOptions("svd", 310_000)).toMatchObject({ factors: 50 });
    expect(tunedOptions("svd", 320_000)).toMatchObject({ factors: 80 });
    expect(tunedOptions("svd", 1e9)).toMatchObject({ factors: 80 });
  });

  it("are refused for an algorithm that has none", () => {
    expect(() => tunedOptions("sdv", 5)).toThrow("did you mean “svd”?");
    expect(() => tunedOptions("normal-predictor", 5)).toThrow("svd, ");
    expect(() => tunedOptions("constructor", 5)).toThrow("no preset");
  });
});

const missing = missingData("ml-100k");
describe.skipIf(missing)(`what the presets reach on MovieLens 100k${missing ? `: ${missing}` : ""}`, () => {
  // the quick ones; the benchmark has them all
  const here = ["svd", "knn-baseline", "item-knn", "ease"].map((name) => [name, presets[name]![0]!] as const);

  it.each(here)("%s", { timeout: 240_000 }, async (name, { options, reaches }) => {
    const table = readMovielens100k();
    const recommender = createRecommender(name, options);
    const how = { folds: 5, permutation: readReferencePermutation() };
    if ("rmse" in reaches) {
      const { rmse } = await crossValidate(table, recommender, how);
      expect(Math.abs(rmse.mean - reaches.rmse)).toBeLessThan(0.002);
    } else {
      const { metrics } = await rankValidate(table, recommender, how);
      expect(Math.abs(metrics.ndcg - reaches.ndcg)).toBeLessThan(0.002);
    }
  });
});
