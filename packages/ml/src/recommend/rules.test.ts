import { createRandom, type Id, type Item } from "@tamis/core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Model } from "../recommender.ts";
import { baselineOnly } from "../recommenders/baseline-only.ts";
import { coldStart } from "../recommenders/cold-start.ts";
import { svd } from "../recommenders/svd.ts";
import { synthesizeFilms } from "../synthesize/synthesize-films.ts";
import { createTrainset } from "../trainset.ts";
import { itemFilter } from "./item-filter.ts";
import { type Recommendation, type RecommendRequest, recommend } from "./recommend.ts";
import type { RecommendRules } from "./rules.ts";

const data = synthesizeFilms({ users: 80, items: 150, ratings: 3000 });
const table = data.table();
const unrated: Item[] = [201, 202, 203].map((itemId) => ({
  itemId,
  title: `Unrated ${itemId}`,
  year: 2015,
  genres: ["Drama"],
}));
const films = new Map<Id, Item>([...data.films, ...unrated].map((film) => [film.itemId, film]));
const start = coldStart(table, films.values());
const histories = new Map(
  [...data.ratings()].map(({ userId, itemIds, ratings }) => [
    userId as Id,
    Array.from(itemIds, (itemId, row) => ({ itemId, rating: ratings[row]! })),
  ]),
);
const isDrama = itemFilter({ genres: ["drama"] });
const groups = (itemId: Id) => films.get(itemId)!.genres;
const idsOf = (list: readonly Recommendation[]) => list.map(({ itemId }) => itemId);

let model: Model;
beforeAll(async () => {
  model = await svd({ factors: 10 }).fit(createTrainset(table));
});

function ask(userId: Id, n: number, rules?: RecommendRules, more: Partial<RecommendRequest> = {}) {
  return recommend({
    model,
    coldStart: start,
    userId,
    history: histories.get(userId) ?? [],
    n,
    items: films,
    ...(rules && { rules }),
    ...more,
  }).recommendations;
}

describe("each rule", () => {
  it("include: only these, if not rated yet; those that the model does not know too", () => {
    const rated = histories.get(1)![0]!.itemId;
    const include = [rated, "203", ...idsOf(ask(1, 40)).slice(30, 33)];
    const list = ask(1, 10, { include });
    expect(new Set(idsOf(list))).toEqual(new Set([203, ...include.slice(2)]));
    for (const { rules } of list) expect(rules).toEqual(["include"]);
    expect(list.at(-1)).toMatchObject({ itemId: 203, source: "newest" });
  });

  it("where: only items that pass, exactly n of them, in the order they had", () => {
    const all = idsOf(ask(2, 1000)).filter((itemId) => isDrama(films.get(itemId)!));
    const list = ask(2, 7, { where: isDrama });
    expect(idsOf(list)).toEqual(all.slice(0, 7));
    for (const { rules } of list) expect(rules).toEqual(["where"]);
    expect(ask("nobody", 5, { where: isDrama }).every(({ itemId }) => groups(itemId).includes("Drama"))).toBe(
      true,
    );
  });

  it("minimumScore: nothing below it, and what is above as before", () => {
    const minimumScore = ask(3, 10)[9]!.score;
    const list = ask(3, 1000, { minimumScore });
    expect(idsOf(list)).toEqual(idsOf(ask(3, 10)));
    expect(list[0]?.rules).toEqual(["minimum_score"]);
  });

  it("boosts lift and lower, say so, and leave the score that is shown", () => {
    const scores = new Map(ask(4, 1000).map(({ itemId, score }) => [itemId, score]));
    const boosts = [
      { name: "drama", where: isDrama, factor: 1.3 },
      { name: "old", where: itemFilter({ toYear: 1999 }), factor: 0.5 },
    ];
    const list = ask(4, 20, { boosts });
    const keys = list.map(({ itemId, score, rules }) => {
      expect(score).toBe(scores.get(itemId));
      const names = boosts
        .filter(({ where }) => where(films.get(itemId)!))
        .map(({ name }) => `boost:${name}`);
      expect(rules).toEqual(names);
      const raw = model.scoreItems(4)[model.itemIds.indexOf(itemId)]!;
      return boosts.reduce((key, { where, factor }) => (where(films.get(itemId)!) ? key * factor : key), raw);
    });
    expect(keys).toEqual([...keys].sort((a, b) => b - a));
    expect(idsOf(list)).not.toEqual(idsOf(ask(4, 20)));
  });

  it("boosts of scores below 0 lift too", () => {
    const negative: Model = { ...model, scoreItems: () => model.scoreItems(1).map((score) => score - 10) };
    const boosts = [{ name: "drama", where: isDrama, factor: 1000 }];
    expect(isDrama(films.get(ask(1, 1, { boosts }, { model: negative })[0]!.itemId)!)).toBe(true);
  });

  it("cap: no more of a group, from whichever source; the next best instead, marked", () => {
    const plain = idsOf(ask(5, 1000));
    for (const list of [ask(5, 6, { cap: { most: 1 } }), ask("nobody", 6, { cap: { most: 1 } })]) {
      const counts = new Map<string, number>();
      for (const { itemId } of list) for (const g of groups(itemId)) counts.set(g, (counts.get(g) ?? 0) + 1);
      expect(list.length).toBeGreaterThan(2);
      expect(Math.max(...counts.values())).toBe(1);
    }
    const list = ask(5, 6, { cap: { most: 1 } });
    for (const [place, { itemId, rules }] of list.entries()) {
      expect(rules).toEqual(plain[place] === itemId ? [] : ["cap"]);
    }
    expect(list.some(({ rules }) => rules!.includes("cap"))).toBe(true);
    const byDecade = ask(5, 6, {
      cap: { most: 1, groupsOf: ({ year }) => [`${Math.floor((year ?? 0) / 10)}`] },
    });
    const decades = byDecade.map(({ itemId }) => Math.floor((films.get(itemId)!.year ?? 0) / 10));
    expect(new Set(decades).size).toBe(decades.length);
  });

  it("diversity: less alike the more of it, at 0 nothing changes, and the best stays first", () => {
    const alike = (list: readonly Recommendation[]) => {
      const ids = idsOf(list);
      const pairs = ids.flatMap((a, n) => ids.slice(n + 1).map((b) => model.similarity!(a, b)));
      return pairs.reduce((sum, value) => sum + value, 0) / pairs.length;
    };
    for (const userId of [1, 2, 3, 4, 5]) {
      const plain = ask(userId, 10);
      expect(idsOf(ask(userId, 10, { diversity: 0 }))).toEqual(idsOf(plain));
      const [some, much] = [0.3, 0.8].map((diversity) => ask(userId, 10, { diversity }));
      expect(some![0]!.itemId).toBe(plain[0]!.itemId);
      expect(alike(much!)).toBeLessThan(alike(some!));
      expect(alike(some!)).toBeLessThan(alike(plain));
      for (const [place, { itemId, rules }] of much!.entries()) {
        if (rules!.length === 0) expect(plain[place]!.itemId).toBe(itemId);
      }
    }
  });

  it("diversity goes by genres when the model relates no items", async () => {
    const biases = await baselineOnly().fit(createTrainset(table));
    const genresIn = (list: readonly Recommendation[]) => new Set(idsOf(list).flatMap(groups)).size;
    const more = { model: biases };
    expect(genresIn(ask(1, 5, { diversity: 0.9 }, more))).toBeGreaterThan(
      genresIn(ask(1, 5, undefined, more)),
    );
    const blind = {
      model: biases,
      coldStart: start,
      userId: 1,
      history: [],
      n: 3,
      rules: { diversity: 0.5 },
    };
    expect(() => recommend(blind)).toThrow("give them as `items`");
  });
});

describe("together, for 60 random requests", () => {
  const random = createRandom(5);
  const maybe = (chance: number) => random.uniform() < chance;
  const requests = Array.from({ length: 60 }, (): [Id, number, RecommendRules] => [
    maybe(0.3) ? `stranger ${random.integer(9)}` : 1 + random.integer(80),
    1 + random.integer(12),
    {
      ...(maybe(0.3) && { include: [...films.keys()].filter(() => maybe(0.4)) }),
      ...(maybe(0.4) && { where: itemFilter({ notGenres: ["Horror"], fromYear: 1980 }) }),
      ...(maybe(0.2) && { minimumScore: 1 }),
      ...(maybe(0.4) && { boosts: [{ name: "drama", where: isDrama, factor: 0.5 + random.uniform() }] }),
      ...(maybe(0.4) && { cap: { most: 1 + random.integer(6) } }),
      ...(maybe(0.4) && { diversity: random.uniform() }),
    },
  ]);

  it.each(requests)(
    "user %s, %s a page: pages never repeat, and are the list at once",
    (userId, n, rules) => {
      const whole = ask(userId, 4 * n, rules);
      const pages: Recommendation[] = [];
      for (let page = 0; page < 4; page++) {
        const next = ask(userId, n, rules, { shown: idsOf(pages) });
        expect(next).toHaveLength(Math.max(0, Math.min(n, whole.length - pages.length)));
        pages.push(...next);
      }
      expect(new Set(idsOf(pages)).size).toBe(pages.length);
      expect(new Set(idsOf(pages)).has(histories.get(userId)?.[0]?.itemId ?? -1)).toBe(false);
      expect(idsOf(pages)).toEqual(idsOf(whole));
      for (const { itemId } of whole) {
        expect(rules.include?.includes(itemId) ?? true).toBe(true);
        expect(rules.where?.(films.get(itemId)!) ?? true).toBe(true);
      }
    },
  );

  it("a page goes on without repeating when the user rated something and the model changed", async () => {
    const first = ask(6, 10);
    const other = await svd({ factors: 10 }).fit(createTrainset(table), { seed: 1 });
    const history = [...histories.get(6)!, { itemId: first[3]!.itemId, rating: 5 }];
    const second = ask(6, 10, undefined, { model: other, history, shown: idsOf(first).map(String) });
    expect(second).toHaveLength(10);
    expect(idsOf(second).filter((itemId) => idsOf(first).includes(itemId))).toEqual([]);
  });
});

it("says nothing of rules when the request has none", () => {
  expect(ask(1, 3).map((each) => "rules" in each)).toEqual([false, false, false]);
  expect(ask(1, 1, {})[0]?.rules).toEqual([]);
});

it.each([
  [{ diversity: 2 }, "diversity"],
  [{ cap: { most: 0 } }, "cap.most"],
  [{ boosts: [{ name: "x", where: isDrama, factor: -1 }] }, "boosts.0.factor"],
  [{ minimumScore: Number.NaN }, "minimumScore"],
])("refuses %j and names it", (rules, hint) => {
  expect(() => ask(1, 3, rules)).toThrow(hint);
});

it("refuses rules about items that it does not have", () => {
  for (const rules of [{ where: isDrama }, { cap: { most: 1 } }]) {
    const request = { model, coldStart: start, userId: 1, history: [], n: 3, rules };
    expect(() => recommend(request)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  }
});

it("itemFilter: unknown years are in no span of years, genres in any case", () => {
  const film = { itemId: 1, title: "x", year: null, genres: ["Sci-Fi"] };
  expect(itemFilter({})(film)).toBe(true);
  expect(itemFilter({ fromYear: 1900 })(film)).toBe(false);
  expect(itemFilter({ toYear: 2100 })(film)).toBe(false);
  expect(itemFilter({ genres: ["SCI-FI"] })(film)).toBe(true);
  expect(itemFilter({ genres: ["sci-fi"], notGenres: ["sci-fi"] })(film)).toBe(false);
  expect(itemFilter({ fromYear: 1999, toYear: 1999 })({ ...film, year: 1999 })).toBe(true);
});
