import { type Id, type RatingTable, ratingTable } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { recommend } from "../recommend/recommend.ts";
import type { Model, ModelTensors } from "../recommender.ts";
import { coldStart } from "../recommenders/cold-start.ts";
import { restoreModel } from "../recommenders.ts";
import { type ModelHeader, predictRows } from "../scorer.ts";
import { createTrainset } from "../trainset.ts";
import { type CapabilitiesContract, capabilitiesContract } from "./capabilities-contract.ts";
import { oddTables, randomTable } from "./small-tables.ts";

export interface RecommenderContract extends CapabilitiesContract {
  /** What the tests are called. @default the algorithm and its options */
  readonly name?: string;
  /** Brings a model back from its tensors. @default the `restore` of the recommender, else `restoreModel` */
  restore?(header: ModelHeader, tensors: ModelTensors): Model;
}

/**
 * What every recommender owes, whatever its formula, as Vitest tests: call it in a test file. Answers are finite, on
 * the scale, the same by every way of asking and after a round trip; unknown users and items are answered; the same
 * seed gives the same model; what is optional (fold-in, explanations, forgetting) keeps its word where it is there.
 *
 * @example
 * recommenderContract({ create: () => itemMean });
 */
export function recommenderContract(contract: RecommenderContract): void {
  const recommender = contract.create();
  const name = contract.name ?? `${recommender.algorithm} ${JSON.stringify(recommender.options)}`;
  const restore =
    contract.restore ??
    ("restore" in recommender ? (recommender.restore as typeof restoreModel) : restoreModel);

  describe(name, () => {
    it.each(Object.entries(oddTables))("answers alike by every way of asking: %s", async (_, table) => {
      const trainset = createTrainset(table);
      const model = await contract.create().fit(trainset);
      expect(model.itemIds).toEqual([...trainset.itemIds()]);
      for (const user of [...trainset.userIds(), "nobody"]) expectAnswers(model, user);
      const rows = Int32Array.from({ length: table.length }, (_, row) => row).reverse();
      const batch = await predictRows(model, table, rows);
      for (const [n, row] of rows.entries()) {
        const { userId, itemId } = pairAt(table, row);
        expect(batch[n], `${userId} ${itemId}`).toBe(model.predict(userId, itemId).value);
      }
    });

    it("knows the users and items it was trained on, by any form of their ids, and no others", async () => {
      const table = ratingTable(
        [1, 2, 3].map((userId) => ({ userId, itemId: 10 * userId, rating: userId, ratedAt: null })),
        { min: 1, max: 5 },
      );
      const model = await contract.create().fit(createTrainset(table));
      for (const [user, item] of [
        [1, 10],
        ["1", "10"],
      ] as const) {
        expect([model.knowsUser(user), model.knowsItem(item)]).toEqual([true, true]);
      }
      expect([model.knowsUser(10), model.knowsItem(1)]).toEqual([false, false]);
      expect(model.predict("1", "10")).toEqual(model.predict(1, 10));
    });

    it("is the same model for the same seed, bit for bit, and keeps nothing of the table", async () => {
      const table = randomTable(7);
      const [first, second] = [
        await contract.create().fit(createTrainset(table), { seed: 3 }),
        await contract.create().fit(createTrainset(table), { seed: 3 }),
      ];
      expect(first.seed).toBe(3);
      expect(second.tensors()).toEqual(first.tensors());
      const before = first.scoreItems("u3");
      table.ratings.fill(1);
      expect(first.scoreItems("u3")).toEqual(before);
      expect(second.scoreItems("u3")).toEqual(before);
    });

    it("comes back from its tensors with the same answers, bit for bit", async () => {
      const model = await contract.create().fit(createTrainset(randomTable(2, { step: 0.5 })), { seed: 5 });
      const { algorithm, options, seed, scale } = model;
      const header = JSON.parse(JSON.stringify({ algorithm, options, seed, scale }));
      const again = restore(header, copyOf(model.tensors()));
      expect(again).toMatchObject({ algorithm, options, seed, scale, itemIds: model.itemIds });
      for (const user of [...model.tensors().users, "nobody"]) {
        expect(again.knowsUser(user)).toBe(user !== "nobody");
        expect(again.scoreItems(user)).toEqual(model.scoreItems(user));
        for (const item of [...model.itemIds, "nothing"]) {
          expect(again.predict(user, item)).toEqual(model.predict(user, item));
        }
      }
      expect(again.tensors()).toEqual(model.tensors());
    });

    it("does not start when it is told to stop", async () => {
      const fit = contract.create().fit(createTrainset(randomTable(1)), { signal: AbortSignal.abort() });
      await expect(fit).rejects.toMatchObject({ code: "aborted" });
    });

    it("fills a list with exactly n unrated items, best first", async () => {
      const table = randomTable(9, { users: 20, items: 30 });
      const trainset = createTrainset(table);
      const model = await contract.create().fit(trainset);
      for (const userId of trainset.userIds()) {
        const history = [...trainset.ratingsOf(userId)];
        const { recommendations } = recommend({ model, coldStart: coldStart(table), userId, history, n: 5 });
        const ids = recommendations.map(({ itemId }) => itemId);
        expect(new Set(ids).size).toBe(5);
        expect(ids.filter((id) => history.some(({ itemId }) => itemId === id))).toEqual([]);
        const scores = ids.map((id) => model.scoreItems(userId)[model.itemIds.indexOf(id)]!);
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
      }
    });

    capabilitiesContract(contract);
  });
}

function expectAnswers(model: Model, user: Id): void {
  const { min, max } = model.scale;
  const clip = (score: number) => (model.kind === "ranking" ? score : Math.min(Math.max(score, min), max));
  const scores = model.scoreItems(user);
  expect(scores).toHaveLength(model.itemIds.length);
  for (const [n, item] of model.itemIds.entries()) {
    const { value } = model.predict(user, item);
    expect(Number.isFinite(scores[n]), `${user} ${item}`).toBe(true);
    expect(value, `${user} ${item}`).toBe(clip(scores[n]!));
  }
  const { value } = model.predict(user, "nothing");
  expect(Number.isFinite(value)).toBe(true);
  expect(value).toBe(clip(value));
}

function pairAt({ users, items }: RatingTable, row: number): { userId: Id; itemId: Id } {
  return { userId: users.ids[users.codes[row]!]!, itemId: items.ids[items.codes[row]!]! };
}

/** As a file would bring them: other arrays with the same bytes. */
function copyOf({ users, items, arrays }: ModelTensors): ModelTensors {
  const copied = Object.entries(arrays).map(([array, { shape, data }]) => [
    array,
    { shape: [...shape], data: data.slice() },
  ]);
  return { users: [...users], items: [...items], arrays: Object.fromEntries(copied) };
}
