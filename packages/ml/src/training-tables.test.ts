import { createRandom, ratingTable } from "@tamis/core";
import { describe, expect, test } from "vitest";
import { activeRows } from "./active-rows.ts";
import { selectRows } from "./select-rows.ts";
import { trainingTables } from "./training-tables.ts";

/** Each pair of a user and an item, rated once. */
function rated(pairs: readonly (readonly [user: string, item: string])[]) {
  return ratingTable(
    pairs.map(([userId, itemId], row) => ({ userId, itemId, rating: 1 + (row % 5), ratedAt: row })),
    { min: 1, max: 5 },
  );
}

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);
const cross = (users: readonly string[], items: readonly string[]) =>
  users.flatMap((user) => items.map((item) => [user, item] as const));

describe("active users and items", () => {
  test("a user of 49 ratings is not active at 50, one of 50 is", () => {
    const table = rated([...cross(["few"], numbered("i", 49)), ...cross(["enough"], numbered("i", 50))]);
    const rows = activeRows(table, { minUserRatings: 50 });
    expect(selectRows(table, rows).users.ids).toEqual(["enough"]);
    expect(rows.length).toBe(50);
  });

  test("an item of 99 ratings is not active at 100, one of 100 is", () => {
    const table = rated([...cross(numbered("u", 99), ["few"]), ...cross(numbered("u", 100), ["enough"])]);
    const rows = activeRows(table, { minItemRatings: 100 });
    expect(selectRows(table, rows).items.ids).toEqual(["enough"]);
    expect(rows.length).toBe(100);
  });

  test("both hold at the end: what one rule takes out counts for the other", () => {
    // `edge` has 3 ratings only with the item that nobody else rated.
    const core = cross(["a", "b", "c"], ["x", "y", "z"]);
    const table = rated([...core, ["edge", "x"], ["edge", "y"], ["edge", "rare"]]);
    const rows = activeRows(table, { minUserRatings: 3, minItemRatings: 2 });
    expect(selectRows(table, rows).users.ids).toEqual(["a", "b", "c"]);
  });

  test("it is the largest set that both rules leave alone, on any data", () => {
    const random = createRandom(5);
    const pairs = Array.from(
      { length: 400 },
      () =>
        [`u${random.integer(1 + random.integer(40))}`, `i${random.integer(1 + random.integer(30))}`] as const,
    );
    const table = rated(pairs);
    const [least, most] = [7, 10];
    const kept = selectRows(table, activeRows(table, { minUserRatings: least, minItemRatings: most }));
    const counts = (codes: Int32Array, length: number) =>
      Array.from({ length }, (_, id) => codes.filter((code) => code === id).length);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(400);
    expect(Math.min(...counts(kept.users.codes, kept.users.ids.length))).toBeGreaterThanOrEqual(least);
    expect(Math.min(...counts(kept.items.codes, kept.items.ids.length))).toBeGreaterThanOrEqual(most);
    // Taking rows out one user or item at a time ends at the same set.
    let rest = [...pairs];
    for (;;) {
      const of = (place: 0 | 1, id: string) => rest.filter((pair) => pair[place] === id).length;
      const bad = rest.find(([user, item]) => of(0, user) < least || of(1, item) < most);
      if (!bad) break;
      const place = of(0, bad[0]) < least ? 0 : 1;
      rest = rest.filter((pair) => pair[place] !== bad[place]);
    }
    expect(kept.length).toBe(rest.length);
  });

  test("nothing is taken out unless it is asked for", () => {
    const table = rated([["a", "x"]]);
    expect(trainingTables(table, { seed: 1 })).toEqual({ table, finalTable: table, activeRatings: 1 });
  });

  test("nobody active is an error that says what was asked", () => {
    const table = rated([["a", "x"]]);
    const asked = { minUserRatings: 50, minItemRatings: 100, seed: 1 };
    expect(() => trainingTables(table, asked)).toThrow("No user has 50 ratings of items with 100 ratings");
  });
});

describe("samples", () => {
  const table = rated(cross(numbered("u", 30), numbered("i", 20)));
  const times = (of: { ratedAt: Float64Array | null }) => [...of.ratedAt!];

  test("have the rows asked for, the same for the same seed, in the order of the table", () => {
    const samples = { crossValidation: 100, final: 250 };
    const drawn = trainingTables(table, { samples, seed: 7 });
    expect([drawn.table.length, drawn.finalTable.length, drawn.activeRatings]).toEqual([100, 250, 600]);
    expect(times(drawn.table)).toEqual(times(drawn.table).toSorted((a, b) => a - b));
    expect(new Set(times(drawn.table)).size).toBe(100);
    expect(drawn).toEqual(trainingTables(table, { samples, seed: 7 }));
    expect(times(trainingTables(table, { samples, seed: 8 }).table)).not.toEqual(times(drawn.table));
    const final = new Set(times(drawn.finalTable));
    expect(times(drawn.table).every((time) => final.has(time))).toBe(true);
  });

  test("larger than the table are the table", () => {
    expect(trainingTables(table, { samples: { crossValidation: 600, final: 1e6 }, seed: 7 })).toEqual({
      table,
      finalTable: table,
      activeRatings: 600,
    });
  });

  test("keep ids with their ratings", () => {
    const rows = Int32Array.of(40, 3, 41);
    expect(selectRows(table, rows)).toEqual({
      length: 3,
      users: { ids: ["u2", "u0"], codes: Int32Array.of(0, 1, 0) },
      items: { ids: ["i0", "i3", "i1"], codes: Int32Array.of(0, 1, 2) },
      ratings: Float64Array.of(1, 4, 2),
      ratedAt: Float64Array.of(40, 3, 41),
      scale: { min: 1, max: 5 },
    });
  });
});
