import { createRandom, type Id, type RatingTable, ratingTable, type Scale } from "@tamis/core";

/** A table from `[user, item, rating]` triples. */
export function tableOf(
  rows: readonly (readonly [Id, Id, number])[],
  scale: Scale = { min: 1, max: 5 },
): RatingTable {
  return ratingTable(
    rows.map(([userId, itemId, rating]) => ({ userId, itemId, rating, ratedAt: null })),
    scale,
  );
}

/**
 * A small random table with gaps: about half of the pairs, in random order, ratings in steps of `step`. User `u0` gives
 * the same rating to everything, user `u1` has one rating, item `i0` always gets the same one.
 */
export function randomTable(
  seed: number,
  { users = 12, items = 9, scale = { min: 1, max: 5 } as Scale, step = 1 } = {},
): RatingTable {
  const random = createRandom(seed);
  const steps = Math.round((scale.max - scale.min) / step);
  const rows: [string, string, number][] = [];
  for (let user = 0; user < users; user++) {
    for (let item = 0; item < items; item++) {
      const drawn = scale.min + step * random.integer(steps + 1);
      const kept = user === 1 ? item === 2 : random.uniform() < 0.5;
      const rating = user === 0 || item === 0 ? scale.min + step : drawn;
      if (kept) rows.push([`u${user}`, `i${item}`, rating]);
    }
  }
  return tableOf(random.shuffle(rows), scale);
}

/** Tables on which formulas divide by zero, round, or meet what they did not expect. */
export const oddTables: Readonly<Record<string, RatingTable>> = {
  "1..5": randomTable(1),
  "half stars": randomTable(2, { scale: { min: 0.5, max: 5 }, step: 0.5 }),
  "-10..10": randomTable(3, { scale: { min: -10, max: 10 } }),
  "one rating": tableOf([["only", "thing", 4]]),
  "all equal, not exact in binary": tableOf(
    [1, 2, 3, 4].flatMap((u) => [1, 2, 3, 4].map((i) => [u, i, 3.3] as const)),
  ),
  "all zero": tableOf(
    [1, 2, 3].flatMap((u) => [1, 2, 3].map((i) => [u, i, 0] as const)),
    { min: 0, max: 10 },
  ),
  "a pair twice": tableOf([
    ["a", "x", 1],
    ["a", "x", 5],
    ["b", "x", 2],
    ["b", "y", 2],
    ["a", "y", 4],
  ]),
};

/** The rows of a table that are not a user's. */
export function rowsWithout(table: RatingTable, userId: Id): Int32Array {
  return Int32Array.from({ length: table.length }, (_, row) => row).filter(
    (row) => table.users.ids[table.users.codes[row]!] !== userId,
  );
}
