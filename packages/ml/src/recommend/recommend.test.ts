import { type Id, type Item, ratingTable } from "@tamis/core";
import { beforeAll, describe, expect, test } from "vitest";
import type { Model } from "../recommender.ts";
import { coldStart } from "../recommenders/cold-start.ts";
import { knnBasic } from "../recommenders/knn-basic.ts";
import { svd } from "../recommenders/svd.ts";
import { synthesizeFilms } from "../synthesize/synthesize-films.ts";
import { createTrainset } from "../trainset.ts";
import type { UserHistory } from "./answer-user.ts";
import { recommend } from "./recommend.ts";

const data = synthesizeFilms({ users: 120, items: 200, ratings: 6000 });
const table = data.table();
const unrated: Item = { itemId: 999, title: "Unrated (2015)", year: 2015, genres: [] };
const films = new Map<Id, Item>([...data.films, unrated].map((film) => [film.itemId, film]));
const start = coldStart(table, films.values());
const histories = new Map<Id, UserHistory>(
  [...data.ratings()].map(({ userId, itemIds, ratings }) => [
    userId,
    { userId, history: Array.from(itemIds, (itemId, row) => ({ itemId, rating: ratings[row]! })) },
  ]),
);
const historyOf = (userId: Id) => histories.get(userId)?.history ?? [];

let model: Model;
beforeAll(async () => {
  model = await svd({ factors: 20 }).fit(createTrainset(table));
});

const ask = (userId: Id, n: number, more = {}) =>
  recommend({ model, coldStart: start, userId, history: historyOf(userId), n, items: films, ...more })
    .recommendations;

describe("recommend", () => {
  test("100 users: n items each, none rated, none twice, scores on the scale and descending", () => {
    for (let userId = 1; userId <= 100; userId++) {
      const list = ask(userId, 10);
      const rated = new Set(historyOf(userId).map(({ itemId }) => itemId));
      expect(list).toHaveLength(10);
      expect(new Set(list.map(({ itemId }) => itemId)).size).toBe(10);
      expect(list.filter(({ itemId }) => rated.has(itemId))).toEqual([]);
      for (const [place, { score, source }] of list.entries()) {
        expect(source).toBe("model");
        expect(score).toBeGreaterThanOrEqual(0.5);
        expect(score).toBeLessThanOrEqual(list[place - 1]?.score ?? 5);
      }
    }
  });

  test("gives the model's highest estimates", () => {
    const scores = model.scoreItems(3);
    const rated = new Set(historyOf(3).map(({ itemId }) => itemId));
    const best = model.itemIds
      .map((itemId, item) => ({ itemId, score: scores[item]! }))
      .filter(({ itemId }) => !rated.has(itemId))
      .sort((a, b) => b.score - a.score);
    expect(ask(3, 7).map(({ itemId }) => itemId)).toEqual(best.slice(0, 7).map(({ itemId }) => itemId));
  });

  test("n larger than the catalogue gives every item left; those the model does not know come from the cold start", () => {
    const list = ask(1, 10_000);
    expect(list).toHaveLength(201 - historyOf(1).length);
    expect(list.find(({ itemId }) => itemId === 999)).toEqual({
      itemId: 999,
      title: "Unrated (2015)",
      score: 0.5,
      source: "newest",
      reason: "nobody has rated it yet; it is from 2015",
    });
  });

  test("exclude removes items, whatever their form", () => {
    const [first, second] = ask(1, 2);
    expect(ask(1, 1, { exclude: [String(first?.itemId)] })[0]?.itemId).toBe(second?.itemId);
  });

  test("n = 0 gives nothing; a user who has seen everything gets nothing", () => {
    expect(ask(1, 0)).toEqual([]);
    expect(ask(1, 5, { exclude: films.keys() })).toEqual([]);
  });

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "3"])("n = %s is refused", (n) => {
    expect(() => ask(1, n as number)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });

  test("an unknown user without ratings gets what is popular", () => {
    const list = ask("nobody", 5);
    expect(list).toHaveLength(5);
    expect(list.map(({ itemId }) => itemId)).toEqual(
      start.pick({ n: 5, history: [], seen: new Set() }).map(({ itemId }) => itemId),
    );
    for (const { source, reason } of list) {
      expect(source).toBe("popularity");
      expect(reason).toMatch(/^rated [0-5]\.\d on average by \d+ people$/);
    }
  });

  test("an unknown user with ratings is folded in: what training had learnt of them, nearly", () => {
    const history = historyOf(7);
    const list = ask("newcomer", 10, { history });
    const scores = model.foldIn!(history);
    const clipped = (score: number) => Math.min(5, Math.max(0.5, score));
    for (const { itemId, score, source, reason } of list) {
      expect(source).toBe("fold_in");
      expect(score).toBe(clipped(scores[model.itemIds.indexOf(itemId)]!));
      expect(reason).toMatch(
        new RegExp(`^predicted \\d\\.\\d \\(folded in from ${history.length} ratings\\)(: like “.+)?$`),
      );
    }
    const trained = model.scoreItems(7);
    const error = scores.reduce((sum, score, n) => sum + (score - trained[n]!) ** 2, 0) / scores.length;
    expect(Math.sqrt(error)).toBeLessThan(0.4);
  });

  test("who has rated only what the model does not know gets the cold start", () => {
    const list = ask("newcomer", 3, { history: [{ itemId: 999, rating: 5 }] });
    expect(list.map(({ source }) => source)).toEqual(["popularity", "popularity", "popularity"]);
  });

  test("where a model cannot fold in, an unknown user with ratings gets films of the genres they like", () => {
    const horror = data.films.filter(({ genres }) => genres.includes("Horror"))[0]!;
    const history = [{ itemId: horror.itemId, rating: 5 }];
    const { foldIn: _, ...plain } = model;
    const list = ask("newcomer", 6, { history, model: plain });
    expect(list).toHaveLength(6);
    expect(list.filter(({ source }) => source === "genre").length).toBeGreaterThan(0);
    for (const { itemId, source, reason } of list) {
      expect(itemId).not.toBe(horror.itemId);
      if (source === "genre")
        expect(reason).toMatch(/^you rate [\w-]+ 5\.0 on average; \d+ people rate it \d\.\d$/);
    }
  });

  test("without a model everybody gets the cold start", () => {
    expect(ask(1, 3, { model: undefined }).map(({ source }) => source)).not.toContain("model");
  });

  test("scores beyond the scale are shown at its end and keep their order", async () => {
    const extreme = ratingTable(
      [1, 2, 3, 4].flatMap((userId) =>
        [1, 2, 3].map((itemId) => ({ userId, itemId, rating: itemId === 3 ? 4 : 5, ratedAt: null })),
      ),
      { min: 1, max: 4.5 },
    );
    const fitted = await svd({ factors: 2 }).fit(createTrainset(extreme));
    const { recommendations: list } = recommend({
      model: fitted,
      coldStart: coldStart(extreme),
      userId: 1,
      history: [],
      n: 3,
    });
    const scores = new Map(fitted.itemIds.map((itemId, item) => [itemId, fitted.scoreItems(1)[item]!]));
    expect(list.slice(0, 2).map(({ score }) => score)).toEqual([4.5, 4.5]);
    expect(scores.get(list[0]!.itemId)).toBeGreaterThan(scores.get(list[1]!.itemId)!);
  });
});

describe("reasons", () => {
  test("an SVD names the two most similar films that the user rated well", () => {
    const titles = new Set(data.films.map(({ title }) => title));
    const mean = historyOf(2).reduce((sum, { rating }) => sum + rating, 0) / historyOf(2).length;
    const [first] = ask(2, 1);
    const said =
      /^predicted (\S+): like “(.+?)”, which you rated (\S+), and “(.+?)”, which you rated (\S+)$/.exec(
        first!.reason,
      );
    expect(said?.[1]).toBe(first!.score.toFixed(1));
    expect(titles).toContain(said?.[2]);
    expect(titles).toContain(said?.[4]);
    expect(Number(said?.[3])).toBeGreaterThanOrEqual(mean);
    expect(Number(said?.[5])).toBeGreaterThanOrEqual(mean);
  });

  test("without titles it names ids", () => {
    expect(ask(2, 1, { items: undefined })[0]?.reason).toMatch(/like item \d+, which you rated/);
  });

  test("KNN counts its neighbours", async () => {
    const neighbourly = await knnBasic().fit(createTrainset(table));
    expect(ask(2, 1, { model: neighbourly })[0]?.reason).toMatch(
      /^predicted \d\.\d from \d+ close neighbours?$/,
    );
  });

  test("a model that knows a user of whom nothing is stored any more only predicts", () => {
    expect(ask(2, 1, { history: [] })[0]?.reason).toMatch(/^predicted \d\.\d$/);
  });
});
