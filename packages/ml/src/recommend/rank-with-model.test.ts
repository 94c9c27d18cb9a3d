import type { Id, Item } from "@tamis/core";
import { beforeAll, describe, expect, test } from "vitest";
import type { Model } from "../recommender.ts";
import { coldStart } from "../recommenders/cold-start.ts";
import { createRecommender } from "../recommenders.ts";
import { synthesizeFilms } from "../synthesize/synthesize-films.ts";
import { createTrainset } from "../trainset.ts";
import { recommend } from "./recommend.ts";
import { userHistories } from "./user-histories.ts";

const data = synthesizeFilms({ users: 90, items: 120, ratings: 3500 });
const table = data.table();
const unrated: Item = { itemId: 999, title: "Unrated (2015)", year: 2015, genres: [] };
const films = new Map<Id, Item>([...data.films, unrated].map((film) => [film.itemId, film]));
const start = coldStart(table, films.values());
const histories = new Map([...userHistories(table)].map(({ userId, history }) => [userId, history]));

const names = ["popularity", "item-knn", "ials", "ials-hkv", "ease", "bpr"] as const;

describe.each(names)("lists of %s", (name) => {
  let model: Model;
  beforeAll(async () => {
    model = await createRecommender(name).fit(createTrainset(table), { workers: 0 });
  });
  const ask = (userId: Id, n: number, history = histories.get(userId) ?? []) =>
    recommend({ model, coldStart: start, userId, history, n, items: films });

  test("show the model's own scores, not clipped, best first, with reasons that promise no rating", () => {
    for (const userId of [1, 2, 3]) {
      const { recommendations, rankedBy } = ask(userId, 8);
      expect(rankedBy).toEqual({ algorithm: name, kind: "ranking", why: expect.stringContaining(name) });
      expect(rankedBy.why).toContain("not ratings");
      const scores = model.scoreItems(userId);
      for (const { itemId, score, source, title, reason } of recommendations) {
        expect(source).toBe("model");
        expect(score).toBeCloseTo(scores[model.itemIds.indexOf(itemId)]!, 9);
        expect(title).toBe(films.get(itemId)!.title);
        expect(reason).toMatch(
          /^(because you liked|like|people who rated|people rate|many people|\S+ puts) /,
        );
        expect(reason).not.toMatch(/predicted|stars/);
      }
      const shown = recommendations.map(({ score }) => score);
      expect(shown).toEqual([...shown].sort((a, b) => b - a));
    }
  });

  test("what fills up comes after the model's items, whatever its score, down to the newest", () => {
    const { recommendations } = ask(1, 10_000);
    expect(recommendations).toHaveLength(films.size - histories.get(1)!.length);
    const firstFiller = recommendations.findIndex(({ source }) => source !== "model");
    expect(firstFiller).toBe(table.items.ids.length - histories.get(1)!.length);
    expect(recommendations.slice(firstFiller).some(({ source }) => source === "model")).toBe(false);
    expect(recommendations.at(-1)).toMatchObject({
      source: "newest",
      reason: expect.stringContaining("2015"),
    });
  });

  test("someone unknown is folded in, and said to be; of whom nothing is known gets the cold start", () => {
    const history = histories.get(4)!;
    const { recommendations, rankedBy } = ask("newcomer", 5, history);
    const folded = model.foldIn!(history);
    for (const { itemId, score, source } of recommendations) {
      expect(source).toBe("fold_in");
      expect(score).toBe(folded[model.itemIds.indexOf(itemId)]!);
    }
    expect(rankedBy.why).toContain(`folded in from ${history.length} ratings`);
    const nobody = ask("nobody", 5);
    expect(nobody.rankedBy).toMatchObject({ algorithm: "cold-start", kind: "cold_start" });
    expect(nobody.rankedBy.why).toContain(`${name} knows nothing of this user`);
    expect(nobody.recommendations.map(({ source }) => source)).toEqual(Array(5).fill("popularity"));
  });

  test("a known user who has rated more since is ranked by what they have rated, where that is exact", () => {
    const more = [...histories.get(5)!, { itemId: ask(5, 1).recommendations[0]!.itemId, rating: 5 }];
    const expected = model.foldsInExactly ? model.foldIn!(more) : model.scoreItems(5);
    expect(model.foldsInExactly ?? false).toBe(!["bpr", "popularity"].includes(name));
    for (const { itemId, score, source } of ask(5, 6, more).recommendations) {
      expect(source).toBe("model");
      expect(score).toBe(expected[model.itemIds.indexOf(itemId)]);
    }
  });
});

test("EASE names what was liked and brought an item up, or says that others rated both", async () => {
  const model = await createRecommender("ease").fit(createTrainset(table));
  const history = histories.get(2)!;
  const mean = history.reduce((sum, { rating }) => sum + rating, 0) / history.length;
  const ask = (own: typeof history) =>
    recommend({ model, coldStart: start, userId: "x", history: own, n: 1, items: films }).recommendations[0]!;
  const { itemId, reason } = ask(history);
  const parts = model.explain!(history, itemId).contributions.flatMap((part) =>
    "itemId" in part && part.value > 0 ? [part.itemId] : [],
  );
  const liked = parts.filter((id) => history.find((entry) => entry.itemId === id)!.rating >= mean);
  const [first, second] = liked.map((id) => `“${films.get(id)!.title}”`);
  expect(reason).toBe(`because you liked ${first} and ${second}`);
});

test("a model of ratings says that it ranks by them, and that none that ranks was given", async () => {
  const model = await createRecommender("svd", { factors: 4 }).fit(createTrainset(table));
  const history = histories.get(1)!;
  const { rankedBy } = recommend({ model, coldStart: start, userId: 1, history, n: 1 });
  expect(rankedBy).toEqual({
    algorithm: "svd",
    kind: "rating",
    why: "svd, which predicts ratings, as no model that ranks was given",
  });
  const without = recommend({ model: undefined, coldStart: start, userId: 1, history, n: 1 });
  expect(without.rankedBy.why).toContain("there is no model yet");
});
