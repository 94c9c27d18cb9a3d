import type { Item, Random } from "@tamis/core";
import { filmTitles } from "./film-titles.ts";

/** MovieLens's eighteen genres with how common each is, in films a hundred (they overlap). */
const genreShares = {
  Action: 17,
  Adventure: 12,
  Animation: 6,
  Children: 7,
  Comedy: 36,
  Crime: 12,
  Documentary: 6,
  Drama: 42,
  Fantasy: 8,
  "Film-Noir": 2,
  Horror: 10,
  Musical: 4,
  Mystery: 6,
  Romance: 16,
  "Sci-Fi": 10,
  Thriller: 18,
  War: 5,
  Western: 3,
} as const;

/** MovieLens's genres, in alphabetical order. */
export const filmGenres: readonly string[] = Object.keys(genreShares);

const shares = Object.values(genreShares);
const totalShare = shares.reduce((sum, share) => sum + share, 0);

/**
 * Makes films `1`…`count`: a title that ends in its year, as MovieLens writes it, and one to three genres.
 *
 * @param lastYear - the year of the newest films; recent ones are more common.
 */
export function filmCatalogue(random: Random, count: number, lastYear: number): Item[] {
  const nextTitle = filmTitles(random);
  return Array.from({ length: count }, (_, index) => {
    const year = lastYear - Math.floor(85 * random.uniform() ** 2.5);
    return { itemId: index + 1, title: `${nextTitle()} (${year})`, year, genres: drawGenres(random) };
  });
}

function drawGenres(random: Random): string[] {
  const wanted = 1 + Math.floor(random.uniform() * 1.5 + random.uniform() * 1.5);
  const drawn = new Set<string>();
  while (drawn.size < wanted) drawn.add(drawGenre(random));
  return filmGenres.filter((genre) => drawn.has(genre));
}

function drawGenre(random: Random): string {
  let left = random.integer(totalShare);
  const index = shares.findIndex((share) => {
    left -= share;
    return left < 0;
  });
  return filmGenres[index]!;
}
