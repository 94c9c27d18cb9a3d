import { expect, it } from "vitest";
import type { History, Model, Recommender } from "../recommender.ts";
import { createTrainset, type Trainset } from "../trainset.ts";
import { randomTable, rowsWithout, tableOf } from "./small-tables.ts";

export interface CapabilitiesContract {
  /** Makes the recommender to test. */
  create(): Recommender;
  /** Whether one who is forgotten leaves no trace. @default whatever the model says */
  readonly forgetsExactly?: boolean;
}

/** Within what an explanation sums up to its score. */
const tolerance = 1e-6;

/** What a model owes where it can do more than it must. A capability that is absent owes nothing. */
export function capabilitiesContract({ create, forgetsExactly }: CapabilitiesContract): void {
  it("explains scores: contributions sum to them within 1e-6, the largest first", async () => {
    const trainset = createTrainset(randomTable(11, { step: 0.5 }));
    const model = await create().fit(trainset);
    for (const user of model.explain ? [...trainset.userIds(), "nobody"] : []) {
      const scores = model.scoreItems(user);
      for (const [n, item] of model.itemIds.entries()) expectExplained(model, user, item, scores[n]!);
      if (model.foldIn) {
        const history = historyOf(trainset, user);
        const folded = model.foldIn(history);
        for (const [n, item] of model.itemIds.entries()) expectExplained(model, history, item, folded[n]!);
      }
      if (model.kind !== "ranking") {
        const { score } = model.explain!(user, "nothing");
        const { min, max } = model.scale;
        const clipped = Math.min(max, Math.max(min, score));
        expect(clipped).toBeCloseTo(model.predict(user, "nothing").value, 9);
      }
    }
  });

  it("folds somebody in: finite scores, and those of an unknown user for a history that says nothing", async () => {
    const trainset = createTrainset(randomTable(12));
    const model = await create().fit(trainset);
    if (!model.foldIn) return expect(model.foldIn).toBeUndefined();
    const nobody = model.scoreItems("nobody");
    expect(model.foldIn([])).toEqual(nobody);
    expect(model.foldIn([{ itemId: "no such thing", rating: 5 }])).toEqual(nobody);
    for (const user of trainset.userIds()) {
      const history = historyOf(trainset, user);
      const scores = model.foldIn(history);
      expect(scores).toHaveLength(model.itemIds.length);
      expect(scores.every(Number.isFinite)).toBe(true);
      expect(model.foldIn([...history, { itemId: "no such thing", rating: 1 }])).toEqual(scores);
      expect(model.foldIn(history)).toEqual(scores);
    }
  });

  it("holds items and users as alike as the other way round, and unknown ones not at all", async () => {
    const model = await create().fit(createTrainset(randomTable(13)));
    const { users, items } = model.tensors();
    for (const [alike, ids] of [
      [model.similarity, items],
      [model.userSimilarity, users],
    ] as const) {
      if (!alike) continue;
      for (const id of ids) {
        for (const other of ids) {
          expect(alike(id, other)).toBeCloseTo(alike(other, id), 12);
          expect(Math.abs(alike(id, other))).toBeLessThanOrEqual(1 + tolerance);
        }
        expect(alike(id, "unknown")).toBe(0);
      }
    }
  });

  it("forgets a user: the id is gone, others are answered, this model stays; exactly, when it says so", async () => {
    const table = randomTable(14, { step: 0.5 });
    const model = await create().fit(createTrainset(table), { seed: 6 });
    if (!model.forget) return expect(model.forget).toBeUndefined();
    const before = model.scoreItems("u3");
    const { model: rest, exact } = await model.forget("u3");
    expect(model.scoreItems("u3")).toEqual(before);
    expect(model.knowsUser("u3")).toBe(true);
    expect(rest.knowsUser("u3")).toBe(false);
    expect(rest.tensors().users).toEqual(model.tensors().users.filter((user) => user !== "u3"));
    for (const user of rest.tensors().users) expect(rest.scoreItems(user).every(Number.isFinite)).toBe(true);
    expect((await rest.forget!("u3")).model.tensors()).toEqual(rest.tensors());
    if (forgetsExactly !== undefined) expect(exact).toBe(forgetsExactly);
    if (!exact) return;
    const trained = await create().fit(createTrainset(table, rowsWithout(table, "u3")), { seed: 6 });
    for (const user of trained.tensors().users) {
      for (const item of trained.itemIds) {
        expect(rest.predict(user, item).value).toBeCloseTo(trained.predict(user, item).value, 8);
      }
    }
  });

  it("forgets the only one who rated an item", async () => {
    const table = tableOf([
      ["a", "x", 5],
      ["a", "own", 3],
      ["b", "x", 1],
      ["b", "y", 2],
      ["c", "y", 4],
    ]);
    const model = await create().fit(createTrainset(table));
    const forgotten = await model.forget?.("a");
    if (!forgotten?.exact) return;
    const trained = await create().fit(createTrainset(table, rowsWithout(table, "a")));
    for (const user of ["b", "c", "a"]) {
      for (const item of ["x", "y", "own"]) {
        expect(forgotten.model.predict(user, item).value).toBeCloseTo(trained.predict(user, item).value, 8);
      }
    }
  });
}

function expectExplained(
  model: Model,
  who: Parameters<NonNullable<Model["explain"]>>[0],
  item: string | number,
  score: number,
): void {
  const explanation = model.explain!(who, item);
  const sum = explanation.contributions.reduce((total, { value }) => total + value, 0);
  const close = tolerance * Math.max(1, Math.abs(score));
  expect(Math.abs(explanation.score - score), `${item}: ${explanation.score}, not ${score}`).toBeLessThan(
    close,
  );
  expect(Math.abs(sum - score), `${item}: ${sum}, not ${score}`).toBeLessThan(close);
  const values = explanation.contributions.map(({ value }) => value);
  expect(values).toEqual([...values].sort((a, b) => b - a));
}

function historyOf(trainset: Trainset, user: string | number): History {
  return [...trainset.ratingsOf(user)].map(({ itemId, rating }) => ({ itemId, rating }));
}
