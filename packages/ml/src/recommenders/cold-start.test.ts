import { type Id, type Item, type Rating, ratingTable } from "@tamis/core";
import { describe, expect, test } from "vitest";
import { type ColdStart, coldStart, restoreColdStart } from "./cold-start.ts";

const nobody = { history: [], seen: new Set<Id>() };

describe("popularity", () => {
  test("is n·avg/(n + 100): ten fives score 0.4545, a thousand fours 3.636", () => {
    const start = coldStart(table({ few: [10, 5], many: [1000, 4] }));
    const [first, second] = start.pick({ n: 2, ...nobody });
    expect(first).toMatchObject({ itemId: "many", ratings: 1000, average: 4 });
    expect(first?.score).toBeCloseTo(4000 / 1100, 12);
    expect(second).toMatchObject({ itemId: "few", ratings: 10, average: 5 });
    expect(second?.score).toBeCloseTo(50 / 110, 12);
  });

  test("at equal scores prefers more ratings, then the lower id", () => {
    // 50·3/150 = 1 = 100·2/200
    const start = coldStart(table({ b: [50, 3], a: [50, 3], more: [100, 2] }));
    const picks = start.pick({ n: 3, ...nobody });
    expect(picks.map(({ score }) => score)).toEqual([1, 1, 1]);
    expect(idsOf(start, 3)).toEqual(["more", "a", "b"]);
  });

  test("items with 9 ratings come only when there is nothing else, and unrated ones last, the newest first", () => {
    const start = coldStart(table({ nine: [9, 5], ten: [10, 1], one: [1, 5] }), [
      film("old", 1950),
      film("new", 2020),
      film("undated", null),
      film("also new", 2020),
    ]);
    expect(idsOf(start, 1)).toEqual(["ten"]);
    expect(idsOf(start, 99)).toEqual(["ten", "nine", "one", "also new", "new", "old", "undated"]);
    expect(start.itemCount).toBe(7);
  });

  test("skips what was seen, and never gives an empty list while one item is left", () => {
    const start = coldStart(table({ ten: [10, 1] }), [film("old", 1950), film("undated", null)]);
    expect(idsOf(start, 5, ["ten", "old"])).toEqual(["undated"]);
    expect(idsOf(start, 5, ["ten", "old", "undated"])).toEqual([]);
    expect(idsOf(start, 0)).toEqual([]);
  });
});

describe("genres", () => {
  const genres = ["Drama", "War", "Horror", "Comedy"];
  // Ten films a genre, popular ones first: Drama 0 has 100 ratings, Drama 1 has 99…
  const films = genres.flatMap((genre) =>
    Array.from({ length: 10 }, (_, index) => film(`${genre} ${index}`, 2000, [genre])),
  );
  const ratings = Object.fromEntries(
    films.map(({ itemId, genres: [genre] }) => {
      const index = Number(String(itemId).split(" ")[1]);
      return [itemId, [(genre === "Comedy" ? 1000 : 100) - index, 4] as const];
    }),
  );
  const start = coldStart(table(ratings), films);
  const likes = (own: Record<string, number>) => ({
    history: Object.entries(own).map(([itemId, rating]) => ({ itemId, rating })),
    seen: new Set<Id>(Object.keys(own)),
  });

  test("the three best by own mean give max(2, ⌊N / genres⌋ + 1) films each, the most popular of all first", () => {
    const own = likes({ "Drama 0": 5, "War 0": 4, "Horror 0": 3, "Comedy 0": 1, "Comedy 1": 2 });
    const picks = start.pick({ n: 10, ...own });
    // ⌊10/3⌋ + 1 = 4 of each, the ten most popular of the twelve.
    expect(picks.map(({ itemId }) => itemId)).toEqual(
      [1, 2, 3].flatMap((index) => [`Drama ${index}`, `Horror ${index}`, `War ${index}`]).concat("Drama 4"),
    );
    expect(picks[0]?.genre).toEqual({ name: "Drama", average: 5 });
  });

  test("N = 1 looks at two films of each genre and keeps the most popular", () => {
    const picks = start.pick({ n: 1, ...likes({ "Drama 0": 5, "Comedy 9": 4 }) });
    expect(picks).toMatchObject([{ itemId: "Comedy 0", genre: { name: "Comedy", average: 4 } }]);
  });

  test("what the genres cannot fill is filled by popularity", () => {
    const picks = start.pick({ n: 12, ...likes({ "War 3": 4.5 }) });
    // One genre: max(2, 12 + 1) films, of which it has nine left.
    expect(picks.slice(0, 9).map(({ genre }) => genre?.name)).toEqual(Array(9).fill("War"));
    expect(picks.slice(9).map(({ itemId, genre }) => [itemId, genre])).toEqual([
      ["Comedy 0", undefined],
      ["Comedy 1", undefined],
      ["Comedy 2", undefined],
    ]);
  });

  test("a history without a known genre counts as none", () => {
    const picks = start.pick({ n: 2, ...likes({ "an unknown film": 5 }) });
    expect(picks.map(({ itemId, genre }) => [itemId, genre])).toEqual([
      ["Comedy 0", undefined],
      ["Comedy 1", undefined],
    ]);
  });

  test("equal means: the genre rated more often, then the name", () => {
    const own = likes({ "War 0": 4, "War 1": 4, "Horror 0": 4, "Drama 0": 4, "Comedy 0": 4 });
    const chosen = new Set(start.pick({ n: 12, ...own }).map(({ genre }) => genre?.name));
    expect(chosen).toEqual(new Set(["War", "Comedy", "Drama"]));
  });

  test("a film of two favourite genres is picked once", () => {
    const both = coldStart(table({ x: [20, 4], y: [20, 4], z: [20, 3] }), [
      film("x", 1990, ["Drama", "War"]),
      film("y", 1990, ["Drama", "War"]),
      film("z", 1990, ["War"]),
    ]);
    const picks = both.pick({ n: 3, history: [{ itemId: "y", rating: 5 }], seen: new Set<Id>(["y"]) });
    expect(picks.map(({ itemId }) => itemId)).toEqual(["x", "z"]);
  });
});

describe("restoreColdStart", () => {
  const start = coldStart(table({ a: [12, 4.5], 7: [3, 2] }), [
    film("a", 1999, ["Drama"]),
    film("b", null, ["War"]),
  ]);
  const tensors = start.tensors();

  test("gives the same picks", () => {
    const restored = restoreColdStart(start, tensors);
    const request = { n: 9, history: [{ itemId: "b", rating: 4 }], seen: new Set<Id>() };
    expect(restored.pick(request)).toEqual(start.pick(request));
    expect(restored).toMatchObject({ options: start.options, scale: start.scale, itemCount: 3 });
  });

  test.each(["counts", "sums", "years", "starts", "columns", "values"])(
    "refuses a model without %s",
    (name) => {
      const arrays = Object.fromEntries(Object.entries(tensors.arrays).filter(([other]) => other !== name));
      expect(() => restoreColdStart(start, { ...tensors, arrays })).toThrow(
        expect.objectContaining({ code: "corrupt_data", message: expect.stringContaining(name) }),
      );
    },
  );

  test("refuses a genre that has no name", () => {
    const columns = { shape: [2], data: Int32Array.of(0, 2) };
    expect(() => restoreColdStart(start, { ...tensors, arrays: { ...tensors.arrays, columns } })).toThrow(
      expect.objectContaining({ code: "corrupt_data" }),
    );
  });
});

/** A table in which each item has so many ratings, all of the same value. */
function table(items: Readonly<Record<string, readonly [count: number, rating: number]>>) {
  const rows: Rating[] = [];
  for (const [itemId, [count, rating]] of Object.entries(items)) {
    for (let userId = 0; userId < count; userId++) rows.push({ userId, itemId, rating, ratedAt: null });
  }
  return ratingTable(rows, { min: 0.5, max: 5 });
}

function film(itemId: Id, year: number | null, genres: string[] = []): Item {
  return { itemId, title: String(itemId), year, genres };
}

function idsOf(start: ColdStart, n: number, seen: Id[] = []): Id[] {
  return start.pick({ n, history: [], seen: new Set(seen) }).map(({ itemId }) => itemId);
}
