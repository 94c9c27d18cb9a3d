import { createRandom, type Item, type Random, type RatingTable, type Scale, TamisError } from "@tamis/core";
import { filmCatalogue } from "./film-catalogue.ts";
import { type FilmTastes, filmTastes, type PersonTaste, personTaste } from "./film-tastes.ts";
import { ratingRhythm } from "./rating-rhythm.ts";

export interface SynthesizeOptions {
  readonly users: number;
  readonly items: number;
  /** How many ratings in all; at most users × items. */
  readonly ratings: number;
  /** @default 42 */
  readonly seed?: number;
  /** First day of the ratings. Films are older than it. @default 2016-01-01 */
  readonly from?: Date;
  /** Day after the last. @default 2026-01-01 */
  readonly until?: Date;
}

/** A made-up data set in MovieLens's shape: nothing in it comes from a real person. */
export interface SyntheticFilms {
  /** Films `1`…`items`. */
  readonly films: readonly Item[];
  readonly ratingCount: number;
  readonly scale: Scale;
  /** The ratings, person by person, in ascending order; every call starts anew and gives the same. */
  ratings(): Generator<PersonRatings>;
  /** The ratings as one table, in the same order. Takes 24 bytes a rating. */
  table(): RatingTable;
}

/** All ratings of one person, by ascending film: columns of equal length. */
export interface PersonRatings {
  readonly userId: number;
  readonly itemIds: Int32Array;
  /** Stars: 0.5, 1, … 5. */
  readonly ratings: Float64Array;
  /** Unix seconds. */
  readonly ratedAt: Float64Array;
}

/**
 * Makes ratings of films that behave like real ones: people with tastes (so that there is something to learn), a few
 * famous films and a long tail, people who rate little and much, stars around 3.5, times with a daily, weekly and
 * yearly rhythm. No pair twice. The same options give the same data on every machine.
 *
 * @throws invalid_input when a size is not a whole number of 1 or more, or there are more ratings than pairs
 *
 * @example
 * const { films, table } = synthesizeFilms({ users: 600, items: 900, ratings: 60_000 });
 * films[0].title; // "The Distant Canyon (2009)"
 */
export function synthesizeFilms(options: SynthesizeOptions): SyntheticFilms {
  const { users, items, ratings, seed = 42 } = options;
  const { from = new Date("2016-01-01T00:00:00Z"), until = new Date("2026-01-01T00:00:00Z") } = options;
  checkSizes({ users, items, ratings }, from, until);
  const random = createRandom(seed);
  const films = filmCatalogue(random.fork("films"), items, from.getUTCFullYear() - 1);
  const tastes = filmTastes(random.fork("tastes"), films);
  const counts = ratingCounts(random.fork("activity"), { users, items, ratings });
  const fillTimes = ratingRhythm(from.getTime() / 1000, until.getTime() / 1000);

  function* people(): Generator<PersonRatings> {
    const draws = random.fork("ratings");
    const chooseFilms = filmChooser(tastes);
    for (const [user, count] of counts.entries()) {
      const taste = personTaste(draws, tastes);
      if (count > 0) yield personRatings(draws, user + 1, chooseFilms(draws, taste, count), taste, fillTimes);
    }
  }

  const scale = { min: 0.5, max: 5 };
  return {
    films,
    ratingCount: ratings,
    scale,
    ratings: people,
    table: () => collect(people(), ratings, items, scale),
  };
}

function checkSizes(sizes: Record<"users" | "items" | "ratings", number>, from: Date, until: Date): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (Number.isSafeInteger(size) && size >= 1) continue;
    throw new TamisError("invalid_input", `${name} is ${size}; it must be a whole number of 1 or more.`);
  }
  if (sizes.ratings > sizes.users * sizes.items) {
    throw new TamisError(
      "invalid_input",
      `${sizes.ratings} ratings do not fit: ${sizes.users} users and ${sizes.items} items make ` +
        `${sizes.users * sizes.items} pairs, each rated at most once.`,
    );
  }
  if (!(from < until)) throw new TamisError("invalid_input", "The time from must be before the time until.");
}

/**
 * How many films each person rates: log-normal, at least 20 when there are enough ratings (as MovieLens has it), at
 * most half the films unless that is too few. The sum is exact.
 */
function ratingCounts(random: Random, sizes: { users: number; items: number; ratings: number }): Int32Array {
  const { users, items, ratings } = sizes;
  const most = Math.min(items, Math.max(Math.floor(items / 2), 2 * Math.ceil(ratings / users)));
  const least = Math.min(20, Math.floor(ratings / users));
  const counts = new Int32Array(users).fill(least);
  const weights = Float64Array.from(counts, () => Math.exp(random.normal(0, 0.9)));
  let left = ratings - users * least;
  while (left > 0) {
    let open = 0;
    for (let user = 0; user < users; user++) if (counts[user]! < most) open += weights[user]!;
    let given = 0;
    for (let user = 0; user < users; user++) {
      // At least one each, so that the loop ends when few are left.
      const share = Math.max(1, Math.floor((left * weights[user]!) / open));
      const more = Math.min(share, most - counts[user]!, left - given);
      counts[user] = counts[user]! + more;
      given += more;
    }
    left -= given;
  }
  return counts;
}

type ChooseFilms = (random: Random, taste: PersonTaste, count: number) => Int32Array;

/**
 * Draws distinct films by popularity, more willingly those the person is drawn to. Somebody who rates a large part
 * of the catalogue would be refused too often; there a weighted draw without replacement takes over.
 *
 * @source Efraimidis and Spirakis, "Weighted random sampling with a reservoir", IPL 97(5), 2006
 */
function filmChooser({ drawFilm, popularity }: FilmTastes): ChooseFilms {
  const takenBy = new Int32Array(popularity.length);
  let person = 0;
  const willingness = (taste: PersonTaste, film: number) => 1 / (1 + Math.exp(-0.7 * taste.liking(film)));

  return (random, taste, count) => {
    person++;
    if (count > popularity.length / 5) {
      const keys = popularity.map(
        (weight, film) => -Math.log1p(-random.uniform()) / (weight * willingness(taste, film)),
      );
      const order = Int32Array.from(keys, (_, film) => film).sort((a, b) => keys[a]! - keys[b]!);
      return random.shuffle(order.slice(0, count));
    }
    const chosen = new Int32Array(count);
    for (let filled = 0; filled < count; ) {
      const film = drawFilm(random);
      if (takenBy[film] === person || random.uniform() >= willingness(taste, film)) continue;
      takenBy[film] = person;
      chosen[filled++] = film;
    }
    return chosen;
  };
}

function personRatings(
  random: Random,
  userId: number,
  films: Int32Array,
  taste: PersonTaste,
  fillTimes: (random: Random, times: Float64Array) => void,
): PersonRatings {
  const count = films.length;
  const times = new Float64Array(count);
  fillTimes(random, times);
  // One sort of plain numbers puts the films in order and remembers where each came from.
  const order = Float64Array.from(films, (film, position) => film * count + position).sort();
  const itemIds = new Int32Array(count);
  const ratings = new Float64Array(count);
  const ratedAt = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const film = Math.floor(order[row]! / count);
    itemIds[row] = film + 1;
    ratings[row] = taste.rate(film);
    ratedAt[row] = times[order[row]! - film * count]!;
  }
  return { userId, itemIds, ratings, ratedAt };
}

function collect(
  people: Iterable<PersonRatings>,
  length: number,
  itemCount: number,
  scale: Scale,
): RatingTable {
  const users = { ids: [] as number[], codes: new Int32Array(length) };
  const items = { ids: [] as number[], codes: new Int32Array(length) };
  const ratings = new Float64Array(length);
  const ratedAt = new Float64Array(length);
  const itemCodes = new Int32Array(itemCount + 1).fill(-1);
  let row = 0;
  for (const person of people) {
    users.codes.fill(users.ids.push(person.userId) - 1, row, row + person.itemIds.length);
    ratings.set(person.ratings, row);
    ratedAt.set(person.ratedAt, row);
    for (const itemId of person.itemIds) {
      if (itemCodes[itemId] === -1) itemCodes[itemId] = items.ids.push(itemId) - 1;
      items.codes[row++] = itemCodes[itemId]!;
    }
  }
  return { length, users, items, ratings, ratedAt, scale };
}
