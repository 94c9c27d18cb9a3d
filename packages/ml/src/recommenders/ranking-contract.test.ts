import { createRandom, type Id, type Progress, type RatingTable } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { crossValidate } from "../evaluate/cross-validate.ts";
import { readModelFile, writeModelFile } from "../model-file/model-file.ts";
import type { History, Model } from "../recommender.ts";
import { createRecommender, recommenderNames, restoreModel } from "../recommenders.ts";
import { randomTable, tableOf } from "../testing/small-tables.ts";
import { createTrainset, type Trainset } from "../trainset.ts";

/** What every ranking algorithm of the table owes, whatever its formula: small, so that it is quick. */
const small: Record<string, object> = {
  ials: { factors: 5, epochs: 3 },
  "ials-hkv": { factors: 5, epochs: 3, values: "rating" },
  bpr: { factors: 5, epochs: 5, negatives: "popularity" },
  "item-knn": { k: 4, shrinkage: 1, values: "rating" },
  ease: { regularization: 2 },
};
const configurations: [string, object][] = [
  ...recommenderNames
    .filter((name) => createRecommender(name).kind === "ranking")
    .map((name): [string, object] => [name, small[name] ?? {}]),
  ["item-knn", { weighting: "tf-idf", k: 3 }],
  ["item-knn", { weighting: "bm25", similarity: "dot" }],
  ["item-knn", { similarity: "jaccard", minRating: 3 }],
  ["ease", { minRating: 4, precision: "float32" }],
  ["ials", { factors: 4, epochs: 2, minRating: 6 }],
  ["popularity", { measure: "mean", damping: 3 }],
  ["bpr", { factors: 3, epochs: 2 }],
];

const tables: [string, RatingTable][] = [
  ["1..5", randomTable(1)],
  ["one rating", tableOf([["only", "thing", 4]])],
  ["everybody has everything", tableOf([1, 2, 3].flatMap((u) => ["x", "y"].map((i) => [u, i, 5] as const)))],
  [
    "a pair twice",
    tableOf([
      ["a", "x", 1],
      ["a", "x", 5],
      ["b", "x", 2],
      ["b", "y", 2],
    ]),
  ],
];

describe.each(configurations)("%s %j", (name, options) => {
  const recommender = createRecommender(name, { ...options });

  it.each(tables)(
    "scores alike by every way of asking, and every score is explained: %s",
    async (_, table) => {
      const trainset = createTrainset(table);
      const model = await recommender.fit(trainset, { workers: 0 });
      expect(model).toMatchObject({ kind: "ranking", algorithm: name, itemIds: [...trainset.itemIds()] });
      for (const user of [...trainset.userIds(), "nobody"]) {
        const scores = model.scoreItems(user);
        for (const [n, item] of model.itemIds.entries()) {
          expect(Number.isFinite(scores[n])).toBe(true);
          expect(model.predict(user, item).value).toBe(scores[n]);
          expect(model.explain!(user, item).score).toBeCloseTo(scores[n]!, 6);
          expectSum(model, user, item);
        }
        const folded = model.foldIn!(historyOf(trainset, user));
        for (const item of model.itemIds) expectSum(model, historyOf(trainset, user), item);
        if (name !== "bpr") expect(folded).toEqual(scores);
      }
      expect(model.scoreItems("nobody")).toEqual(model.foldIn!([]));
      expect(model.foldIn!([{ itemId: "no such thing", rating: 5 }])).toEqual(model.foldIn!([]));
      expect(model.predict("nobody", "nothing")).toEqual({ value: 0, reason: "unknown_user_and_item" });
      expect(model.explain!("nobody", "nothing")).toEqual({ score: 0, contributions: [] });
    },
  );

  it("comes back from its tensors and from a file, bit for bit", async () => {
    const model = await recommender.fit(createTrainset(randomTable(2)), { workers: 0 });
    const bytes: Uint8Array[] = [];
    for await (const chunk of writeModelFile(model, { metrics: {} })) bytes.push(chunk);
    const read = readModelFile(Buffer.concat(bytes)).model;
    for (const again of [restoreModel(model, model.tensors()), read]) {
      expect(again).toMatchObject({ kind: "ranking", seed: model.seed });
      for (const user of [...model.tensors().users, "nobody"]) {
        expect(again.scoreItems(user)).toEqual(model.scoreItems(user));
      }
      const history = [{ itemId: "i1", rating: 5 }];
      expect(again.foldIn!(history)).toEqual(model.foldIn!(history));
    }
  });

  it("depends on its seed and not on the workers", async () => {
    const trainset = createTrainset(randomTable(3));
    const [alone, two] = [
      await recommender.fit(trainset, { seed: 7, workers: 0 }),
      await recommender.fit(trainset, { seed: 7, workers: 2 }),
    ];
    expect(two.tensors()).toEqual(alone.tensors());
  });

  it("forgets a user, says whether exactly, and stays as it was", async () => {
    const table = randomTable(4);
    const model = await recommender.fit(createTrainset(table), { workers: 0 });
    const before = model.scoreItems("u3");
    const { model: without, exact } = await model.forget!("u3");
    expect(model.scoreItems("u3")).toEqual(before);
    expect(without.knowsUser("u3")).toBe(false);
    expect(JSON.stringify(without.tensors().users)).not.toContain("u3");
    expect(without.scoreItems("u3")).toEqual(without.foldIn!([]));
    expect(await without.forget!("u3")).toEqual({ model: without, exact: true });
    expect(exact).toBe(["ease", "item-knn"].includes(name));
    if (exact) await expectTrainedWithout(table, "u3", without);
    else for (const user of ["u2", "u5"]) expect(without.scoreItems(user)).toEqual(model.scoreItems(user));
  });

  async function expectTrainedWithout(table: RatingTable, user: Id, model: Model): Promise<void> {
    const rows = Int32Array.from({ length: table.length }, (_, row) => row).filter(
      (row) => table.users.ids[table.users.codes[row]!] !== user,
    );
    const retrained = await recommender.fit(createTrainset(table, rows), { workers: 0 });
    const digits = "precision" in options ? 4 : 10;
    for (const other of ["u0", "u1", "u2", "u7"]) {
      for (const item of retrained.itemIds) {
        expect(model.predict(other, item).value).toBeCloseTo(retrained.predict(other, item).value, digits);
      }
    }
  }

  it("relates items between −1 and 1, itself 1 and unknown ones 0", async () => {
    const model = await recommender.fit(createTrainset(randomTable(5)), { workers: 0 });
    if (name === "popularity") return expect(model.similarity).toBeUndefined();
    for (const item of model.itemIds) {
      for (const other of model.itemIds) {
        const alike = model.similarity!(item, other);
        expect(Math.abs(alike)).toBeLessThanOrEqual(1 + 1e-9);
        expect(model.similarity!(other, item)).toBeCloseTo(alike, 9);
      }
      // A factor row may be 0, and then has no direction.
      expect([0, 1]).toContain(Number(model.similarity!(item, item).toFixed(9)));
      expect(model.similarity!(item, "nothing")).toBe(0);
    }
  });

  it("stops when it is told to, and has no RMSE", async () => {
    const signal = AbortSignal.abort();
    if (name !== "popularity") {
      const fit = recommender.fit(createTrainset(randomTable(1)), { signal, workers: 0 });
      await expect(fit).rejects.toMatchObject({ code: "aborted" });
    }
    await expect(crossValidate(randomTable(1), recommender)).rejects.toMatchObject({ code: "invalid_input" });
  });
});

it.each(["item-knn", "ease", "ials", "bpr"])("%s says how far it is", async (name) => {
  const seen: Progress[] = [];
  const recommender = createRecommender(name, { ...small[name] });
  await recommender.fit(createTrainset(randomTable(1)), {
    workers: 0,
    onProgress: (step) => seen.push(step),
  });
  expect(seen.at(-1)).toMatchObject({
    phase: expect.stringContaining(`fit ${name}`),
    done: seen.at(-1)!.total,
  });
});

it("neither the order of a history nor saying things twice matters to binary feedback", async () => {
  const random = createRandom(1);
  const model = await createRecommender("ease", {}).fit(createTrainset(randomTable(6)));
  const history = model.itemIds.filter(() => random.uniform() < 0.4).map((itemId) => ({ itemId, rating: 3 }));
  const scores = model.foldIn!(history);
  expect(model.foldIn!(history.toReversed())).toEqual(scores);
  expect(model.foldIn!([...history, ...history])).toEqual(scores);
});

function historyOf(trainset: Trainset, user: Id): History {
  return [...trainset.ratingsOf(user)].map(({ itemId, rating }) => ({ itemId, rating }));
}

function expectSum(model: Model, who: Id | History, item: Id): void {
  const { score, contributions } = model.explain!(who, item);
  const sum = contributions.reduce((total, { value }) => total + value, 0);
  expect(Math.abs(sum - score)).toBeLessThan(1e-6);
  const known = typeof who === "object" ? model.foldIn!(who) : model.scoreItems(who);
  expect(Math.abs(sum - known[model.itemIds.indexOf(item)]!)).toBeLessThan(1e-6);
}
