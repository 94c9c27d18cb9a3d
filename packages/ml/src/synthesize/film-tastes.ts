import type { Item, Random } from "@tamis/core";
import { aliasTable, type DrawIndex } from "./alias-table.ts";
import { filmGenres } from "./film-catalogue.ts";

/** How much each hidden dimension of taste weighs; squares sum to about 1. */
const dimensions = [0.85, 0.45, 0.25];
const factors = dimensions.length;

/** What makes a rating, in stars: the deviation of each part. */
const spread = { user: 0.35, film: 0.35, taste: 1.15, noise: 0.65 };
const meanRating = 3.3;

/** The hidden truth behind the ratings: what {@link personTaste} and the draws of films work on. */
export interface FilmTastes {
  /** Draws a film by its popularity: long-tailed, a few films get a large part of all ratings. */
  readonly drawFilm: DrawIndex;
  readonly popularity: Float64Array;
  /** How good a film is, in stars above or below the mean. Shape (films). */
  readonly quality: Float64Array;
  /** A film's place in taste space, of length 1. Shape (films × factors), row-major. */
  readonly places: Float64Array;
}

/** What one person thinks of the films. */
export interface PersonTaste {
  /** How much the person is drawn to a film: about N(0, 1) over films. */
  liking(film: number): number;
  /** The stars the person gives now: 0.5, 1, … 5. */
  rate(film: number): number;
}

/**
 * Gives every film a popularity, a quality and a place in taste space: the mean place of its genres and something
 * of its own. So people who like a genre tend to like its films, and there is more to learn than genres.
 *
 * popularity of the film of rank r = 1 / (r + 20)^1.1, ranks at random (after Zipf–Mandelbrot)
 */
export function filmTastes(random: Random, films: readonly Item[]): FilmTastes {
  const ranks = random.shuffle(Int32Array.from(films, (_, index) => index));
  const popularity = Float64Array.from(ranks, (rank) => 1 / (rank + 20) ** 1.1);
  // Films that many people see are better ones, on average.
  const quality = Float64Array.from(ranks, (rank) =>
    random.normal(0.3 - (0.6 * rank) / films.length, spread.film),
  );
  const genrePlaces = new Map(filmGenres.map((genre) => [genre, unit(normals(random))]));
  const places = new Float64Array(films.length * factors);
  for (const [index, film] of films.entries()) {
    const own = normals(random, 0.35);
    for (const genre of film.genres) addTo(own, genrePlaces.get(genre)!, 1 / film.genres.length);
    places.set(unit(own), index * factors);
  }
  return { drawFilm: aliasTable(popularity), popularity, quality, places };
}

/**
 * Draws a person: a place in taste space, a severity, and the habit of whole stars (four people in ten).
 *
 * stars = mean + severity + quality + taste · (person · film) + noise, rounded to the person's steps
 */
export function personTaste(random: Random, { quality, places }: FilmTastes): PersonTaste {
  const person = normals(random).map((value, factor) => value * dimensions[factor]!);
  const severity = random.normal(0, spread.user);
  const steps = random.uniform() < 0.4 ? 1 : 2;

  function liking(film: number): number {
    let sum = 0;
    for (let factor = 0; factor < factors; factor++)
      sum += person[factor]! * places[film * factors + factor]!;
    return sum;
  }

  return {
    liking,
    rate(film) {
      const opinion = meanRating + severity + quality[film]! + spread.taste * liking(film);
      const stars = Math.round(steps * random.normal(opinion, spread.noise)) / steps;
      return Math.min(5, Math.max(steps === 1 ? 1 : 0.5, stars));
    },
  };
}

function normals(random: Random, deviation = 1): Float64Array {
  return Float64Array.from({ length: factors }, () => random.normal(0, deviation));
}

function unit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / length);
}

function addTo(target: Float64Array, vector: Float64Array, weight: number): void {
  for (let factor = 0; factor < factors; factor++)
    target[factor] = target[factor]! + weight * vector[factor]!;
}
