import { expect, it } from "vitest";
import { Item, releaseYear } from "./item.ts";

it("reads the year in brackets at the end of a title (F-02)", () => {
  expect(releaseYear("Movie (1995)")).toBe(1995);
  expect(releaseYear("Cité des enfants perdus, La (1995) ")).toBe(1995);
  expect(releaseYear("Seven (a.k.a. Se7en) (1995)")).toBe(1995);
});

it("finds no year where none ends the title", () => {
  for (const title of [
    "Movie",
    "2001: A Space Odyssey",
    "(1995) Movie",
    "Movie (95)",
    "Death Note (2006–2007)",
    "",
  ])
    expect(releaseYear(title), title).toBeNull();
});

it("fills in an item's year and genres", () => {
  expect(Item.parse({ itemId: "1", title: "Toy Story" })).toEqual({
    itemId: 1,
    title: "Toy Story",
    year: null,
    genres: [],
  });
});

it("refuses an item without a title or with half a year", () => {
  expect(Item.safeParse({ itemId: 1 }).success).toBe(false);
  expect(Item.safeParse({ itemId: 1, title: "x", year: 1995.5 }).success).toBe(false);
});
