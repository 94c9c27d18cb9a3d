import { checkRating, type RejectReason } from "@tamis/core";
import { describe, expect, test } from "vitest";
import { badRowReasons, moviesCsv, ratingsCsv } from "./movielens-csv.ts";
import { synthesizeFilms } from "./synthesize-films.ts";

const data = synthesizeFilms({ users: 30, items: 80, ratings: 900 });

describe("ratingsCsv", () => {
  test("writes MovieLens's header and one line a rating", () => {
    const lines = linesOf(ratingsCsv(data));
    expect(lines[0]).toBe("userId,movieId,rating,timestamp");
    expect(lines).toHaveLength(1 + 900);
    for (const line of lines.slice(1)) expect(line).toMatch(/^\d+,\d+,[0-5]\.[05],\d{10}$/);
  });

  test("bad rows come on top of the same good rows, each refused for its reason", () => {
    const good = new Set(linesOf(ratingsCsv(data)));
    const lines = linesOf(ratingsCsv(data, { badRows: 20 }));
    expect(lines).toHaveLength(1 + 900 + 20);
    expect(new Set(lines.filter((line) => good.has(line)))).toEqual(good);
    const found = refusals(lines.slice(1));
    const expected = Array.from({ length: 20 }, (_, bad) => badRowReasons[bad % badRowReasons.length]);
    expect(found).toEqual(expected);
  });

  test("more bad rows than ratings are possible", () => {
    const tiny = synthesizeFilms({ users: 1, items: 2, ratings: 2 });
    expect(linesOf(ratingsCsv(tiny, { badRows: 9 }))).toHaveLength(1 + 2 + 9);
  });
});

test("moviesCsv quotes what needs quoting and joins genres by |", () => {
  const films = [
    { itemId: 1, title: "L'Été (1990)", year: 1990, genres: ["Drama", "War"] },
    { itemId: 2, title: 'Ada, or "Love" (1991)', year: 1991, genres: [] },
  ];
  expect([...moviesCsv(films)].join("")).toBe(
    'movieId,title,genres\n1,L\'Été (1990),Drama|War\n2,"Ada, or ""Love"" (1991)",(no genres listed)\n',
  );
});

function linesOf(blocks: Iterable<string>): string[] {
  return [...blocks].join("").trimEnd().split("\n");
}

/** Refuses lines as an import does: column count, then core's check, then pairs already seen. */
function refusals(lines: readonly string[]): RejectReason[] {
  const seen = new Set<string>();
  const found: RejectReason[] = [];
  for (const line of lines) {
    const [userId = "", itemId = "", rating = "", ratedAt, ...more] = line.split(",");
    const checked = checkRating({ userId, itemId, rating, ratedAt }, data.scale);
    if (ratedAt === undefined || more.length > 0) found.push("wrong_column_count");
    else if (checked.reason) found.push(checked.reason);
    else if (seen.has(`${userId},${itemId}`)) found.push("duplicate_pair");
    else seen.add(`${userId},${itemId}`);
  }
  return found;
}
