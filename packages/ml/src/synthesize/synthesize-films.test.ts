import { releaseYear } from "@tamis/core";
import { describe, expect, test } from "vitest";
import { synthesizeFilms } from "./synthesize-films.ts";

const demo = { users: 600, items: 900, ratings: 60_000 };

describe("synthesizeFilms", () => {
  const data = synthesizeFilms(demo);
  const table = data.table();

  test("gives exactly what was asked for, and no pair twice", () => {
    expect(data.films).toHaveLength(900);
    expect(table.length).toBe(60_000);
    expect(table.users.ids).toHaveLength(600);
    const pairs = new Set<number>();
    for (let row = 0; row < table.length; row++)
      pairs.add(table.users.codes[row]! * 900 + table.items.codes[row]!);
    expect(pairs.size).toBe(60_000);
  });

  test("is the same for the same seed and another for another", () => {
    expect(synthesizeFilms(demo).table()).toEqual(table);
    expect(synthesizeFilms(demo).films).toEqual(data.films);
    expect(synthesizeFilms({ ...demo, seed: 43 }).table().ratings).not.toEqual(table.ratings);
    expect([...data.ratings()]).toEqual([...data.ratings()]);
  });

  test("rates by half stars, 3.5 on average", () => {
    expect(table.ratings.every((stars) => stars >= 0.5 && stars <= 5 && Number.isInteger(stars * 2))).toBe(
      true,
    );
    const mean = table.ratings.reduce((sum, stars) => sum + stars, 0) / table.length;
    expect(mean).toBeGreaterThan(3.3);
    expect(mean).toBeLessThan(3.7);
    expect(new Set(table.ratings).size).toBe(10);
  });

  test("has a long tail of films and people who rate little and much", () => {
    const films = countsOf(table.items.codes, table.items.ids.length);
    expect(films.subarray(0, 180).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(60_000 / 2);
    expect(films[0]!).toBeGreaterThan(300);
    const people = countsOf(table.users.codes, 600);
    expect(people[599]).toBeGreaterThanOrEqual(20);
    expect(people[0]!).toBeGreaterThan(250);
  });

  test("rates more at weekends, in winter and in the evening, inside the period and after the film came out", () => {
    const times = [...table.ratedAt!].map((seconds) => new Date(seconds * 1000));
    expect(times.every((time) => time.getUTCFullYear() >= 2016 && time.getUTCFullYear() <= 2025)).toBe(true);
    const share = (of: (time: Date) => boolean) => times.filter(of).length / times.length;
    expect(share((time) => [0, 6].includes(time.getUTCDay()))).toBeGreaterThan(0.35); // 2 of 7 days: 0.286
    expect(share((time) => [11, 0, 1].includes(time.getUTCMonth()))).toBeGreaterThan(0.29); // 3 of 12 months: 0.25
    expect(share((time) => time.getUTCHours() >= 18)).toBeGreaterThan(0.4); // 6 of 24 hours: 0.25
    expect(table.ratedAt!.every(Number.isInteger)).toBe(true);
    expect(Math.max(...data.films.map((film) => film.year!))).toBeLessThan(2016);
  });

  test("gives films distinct titles that end in their year, some with accents, and one to three genres", () => {
    expect(new Set(data.films.map((film) => film.title)).size).toBe(900);
    for (const film of data.films) {
      expect(releaseYear(film.title)).toBe(film.year);
      expect(film.genres.length).toBeGreaterThanOrEqual(1);
      expect(film.genres.length).toBeLessThanOrEqual(3);
    }
    expect(new Set(data.films.flatMap((film) => film.genres)).size).toBe(18);
    expect(data.films.some((film) => /[éèôœÉ]/.test(film.title))).toBe(true);
  });

  test("the whole grid, one rating and fewer ratings than users are possible", () => {
    const full = synthesizeFilms({ users: 7, items: 11, ratings: 77 }).table();
    expect(full.length).toBe(77);
    expect(full.items.ids).toHaveLength(11);
    expect(synthesizeFilms({ users: 1, items: 1, ratings: 1 }).table().length).toBe(1);
    expect(synthesizeFilms({ users: 50, items: 3, ratings: 9 }).table().length).toBe(9);
  });

  test.each([
    [{ users: 2, items: 3, ratings: 7 }, "7 ratings do not fit"],
    [{ users: 0, items: 3, ratings: 7 }, "users is 0"],
    [{ users: 2, items: 1.5, ratings: 7 }, "items is 1.5"],
  ])("refuses %j", (options, message) => {
    expect(() => synthesizeFilms(options)).toThrow(
      expect.objectContaining({ code: "invalid_input", message: expect.stringContaining(message) }),
    );
  });
});

function countsOf(codes: Int32Array, size: number): Int32Array {
  const counts = new Int32Array(size);
  for (const code of codes) counts[code]!++;
  return counts.sort().reverse();
}
