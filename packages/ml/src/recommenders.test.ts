import { describe, expect, it } from "vitest";
import type { ModelTensors, Tensor } from "./recommender.ts";
import { createRecommender, recommenderNames, restoreModel } from "./recommenders.ts";
import { randomTable, tableOf } from "./testing/small-tables.ts";
import { createTrainset } from "./trainset.ts";

describe("createRecommender", () => {
  it("knows the published names", () => {
    expect(recommenderNames).toEqual([
      "svd",
      "svd-plus-plus",
      "svd-plus-plus-accumulated",
      "nmf",
      "slope-one",
      "co-clustering",
      "knn-basic",
      "knn-with-means",
      "knn-with-z-score",
      "knn-baseline",
      "baseline-only",
      "normal-predictor",
      "popularity",
      "item-knn",
      "ials",
      "ials-hkv",
      "ease",
      "bpr",
    ]);
    for (const name of recommenderNames) expect(createRecommender(name).algorithm).toBe(name);
  });

  it("gives options that make the same recommender again", () => {
    for (const name of recommenderNames) {
      const { options } = createRecommender(name);
      expect(createRecommender(name, JSON.parse(JSON.stringify(options))).options).toEqual(options);
    }
  });

  it.each([
    ["SVD ", {}, /No recommender is named “SVD ”; there are: svd, .*; did you mean “svd”\?/],
    ["knnbasic", {}, /did you mean “knn-basic”\?/],
    ["constructor", {}, /No recommender is named “constructor”; there are: [^?]*$/],
    [
      "svd",
      { factor: 3 },
      /svd: unknown option “factor”; options are: factors, .*; did you mean “factors”\?/,
    ],
    ["svd", { factors: 0 }, /svd: option “factors”: /],
    ["svd", { epochs: "20" }, /svd: option “epochs”: /],
    ["svd", { learningRate: Number.NaN }, /svd: option “learningRate”: /],
    ["knn-basic", { similarity: { name: "jaccard" } }, /option “similarity.name”: .*msd.*pearson_baseline/],
    [
      "knn-basic",
      { similarity: { user_based: true } },
      /“user_based” in “similarity”; .*did you mean “userBased”/,
    ],
    [
      "knn-baseline",
      { baseline: { method: "als", epoch: 3 } },
      /“epoch” in “baseline”; .*did you mean “epochs”/,
    ],
    ["knn-baseline", { baseline: { method: "newton" } }, /option “baseline.method”: /],
    ["normal-predictor", { mean: 3 }, /normal-predictor: unknown option “mean”\./],
  ])("refuses %s %j, saying what exists", (name, options, message) => {
    const create = () => createRecommender(name, options);
    expect(create).toThrow(message);
    expect(create).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });
});

const trainset = createTrainset(randomTable(6, { users: 25, items: 15, step: 0.5 }));
const ids = {
  users: [...trainset.userIds(), "nobody"],
  items: [...trainset.itemIds(), "nothing"],
};
const configurations: [string, Record<string, unknown>][] = [
  ...recommenderNames.map((name): [string, Record<string, unknown>] => [name, {}]),
  ["svd", { biased: false, factors: 3 }],
  ["nmf", { biased: true, factors: 3 }],
  ["slope-one", { weighted: true }],
  ["baseline-only", { method: "sgd" }],
  ["knn-basic", { similarity: { name: "pearson_baseline", userBased: false } }],
  ["knn-with-z-score", { similarity: { name: "pearson", userBased: false } }],
  ["knn-baseline", { k: 3, similarity: { name: "cosine" }, baseline: { method: "sgd" } }],
];

describe("restoreModel", () => {
  it.each(configurations)("brings back the same answers, bit for bit: %s %j", async (name, options) => {
    const model = await createRecommender(name, options).fit(trainset, { seed: 5 });
    const header = JSON.parse(
      JSON.stringify({
        algorithm: model.algorithm,
        options: model.options,
        seed: model.seed,
        scale: model.scale,
      }),
    );
    const restored = restoreModel(header, copyOf(model.tensors()));
    expect(restored).toMatchObject({ algorithm: name, options: model.options, seed: 5, scale: model.scale });
    expect(restored.itemIds).toEqual(model.itemIds);
    for (const user of ids.users) {
      expect(restored.knowsUser(user)).toBe(user !== "nobody");
      expect(restored.scoreItems(user)).toEqual(model.scoreItems(user));
      for (const item of ids.items) expect(restored.predict(user, item)).toEqual(model.predict(user, item));
    }
    expect(restored.tensors()).toEqual(model.tensors());
  });

  it("refuses an algorithm it does not know", () => {
    const header = { algorithm: "oracle", options: {}, seed: 1, scale: { min: 1, max: 5 } };
    expect(() => restoreModel(header, { users: [], items: [], arrays: {} })).toThrow(
      expect.objectContaining({ code: "unsupported" }),
    );
  });

  it.each([
    "svd",
    "svd-plus-plus",
    "nmf",
    "slope-one",
    "co-clustering",
    "knn-baseline",
    "baseline-only",
    "normal-predictor",
  ])("refuses a %s model with any tensor missing, of a wrong length or of a wrong type", async (name) => {
    const model = await createRecommender(name).fit(trainset);
    const tensors = model.tensors();
    const broken = (array: string, change: Tensor | undefined) => {
      const { [array]: _, ...others } = tensors.arrays;
      const arrays = change ? { ...others, [array]: change } : others;
      return () => restoreModel(model, { ...tensors, arrays });
    };
    const corrupt = expect.objectContaining({ code: "corrupt_data" });
    for (const [array, { shape, data }] of Object.entries(tensors.arrays)) {
      expect(broken(array, undefined), array).toThrow(corrupt);
      expect(broken(array, { shape: [0], data: data.slice(0, 0) }), array).toThrow(corrupt);
      expect(broken(array, { shape, data: Float32Array.from(data) }), array).toThrow(corrupt);
    }
  });

  it("refuses KNN ratings that point outside", async () => {
    const model = await createRecommender("knn-basic").fit(
      createTrainset(
        tableOf([
          [1, 1, 1],
          [2, 1, 2],
        ]),
      ),
    );
    const tensors = model.tensors();
    for (const columns of [Int32Array.of(0, 2), Int32Array.of(-1, 1)]) {
      const arrays = { ...tensors.arrays, columns: { shape: [2], data: columns } };
      expect(() => restoreModel(model, { ...tensors, arrays })).toThrow(/2 columns/);
    }
  });
});

/** As a file would bring them: other arrays with the same bytes. */
function copyOf({ users, items, arrays }: ModelTensors): ModelTensors {
  const copied = Object.entries(arrays).map(([name, { shape, data }]) => [
    name,
    { shape: [...shape], data: data.slice() },
  ]);
  return { users: [...users], items: [...items], arrays: Object.fromEntries(copied) };
}
