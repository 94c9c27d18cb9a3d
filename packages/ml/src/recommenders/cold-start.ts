import { canonicalId, compareIds, type Id, type Item, type RatingTable } from "@tamis/core";
import { z } from "zod";
import { parseOptions } from "../parse-options.ts";
import type { ModelTensors } from "../recommender.ts";
import type { ModelHeader } from "../scorer.ts";
import { readTensors, vector } from "../tensors.ts";
import { numbersOf } from "../trainset.ts";

const algorithm = "cold-start";

const ColdStartOptions = z.strictObject({
  /** Items with fewer ratings are popular only when there are no others. */
  minimumRatings: z.int().min(0).default(10),
  /** How many ratings halve an item's mean. */
  damping: z.number().positive().default(100),
  /** How many of a person's best genres count. */
  topGenres: z.int().min(1).default(3),
  /** Names of the genres that the tensors number. Filled in by {@link coldStart}. */
  genres: z.array(z.string()).default([]),
});

/** Options of {@link coldStart}; every one has a default. */
export type ColdStartInput = Omit<z.input<typeof ColdStartOptions>, "genres">;

/**
 * What to recommend to somebody of whom little is known. Immutable; {@link ColdStart.tensors} goes into a model file.
 */
export interface ColdStart extends ModelHeader {
  /** Items it can recommend: every one that was rated or listed. */
  readonly itemCount: number;
  /** The `n` best items that are not `seen`, in order of preference; all when there are fewer. */
  pick(request: ColdStartRequest): ColdStartPick[];
  tensors(): ModelTensors;
}

export interface ColdStartRequest {
  readonly n: number;
  /** What the person has rated; may be empty. */
  readonly history: readonly { readonly itemId: Id; readonly rating: number }[];
  readonly seen: Pick<ReadonlySet<Id>, "has">;
}

export interface ColdStartPick {
  readonly itemId: Id;
  /** n·avg/(n + damping), not clipped: it can lie below the scale. */
  readonly score: number;
  /** The item's ratings, and their mean in units of the scale (0 without ratings). */
  readonly ratings: number;
  readonly average: number;
  readonly year: number | null;
  /** What it was chosen by. */
  readonly source: "genre" | "popularity" | "newest";
  /** The genre it was chosen for, with the person's mean rating of it; absent when it was chosen for popularity. */
  readonly genre?: { readonly name: string; readonly average: number };
}

/**
 * Learns the cold start: how often and how well each item was rated, its year and genres.
 *
 *     popularity of an item with n ratings of mean avg = n · avg / (n + 100)
 *
 * **Without ratings** a person gets the items of highest popularity among those with n ≥ 10, at equal popularity
 * those with more ratings, then the lower id. When these run out: items with fewer ratings, in the same order; then
 * items nobody has rated, newest first, then the lower id.
 *
 * **With some ratings** of items whose genres are known: the person's three best genres by own mean (then by number
 * of ratings, then by name), and of each the max(2, ⌊N / genres⌋ + 1) most popular items with n ≥ 10; of these the N
 * most popular. What is missing is filled as above.
 *
 * @default { minimumRatings: 10, damping: 100, topGenres: 3 }
 * @param items - the catalogue: genres, years, and items without ratings. Items that were rated but are not in it
 * can be recommended too.
 *
 * @example
 * coldStart(table, films).pick({ n: 5, history: [], seen: new Set() }); // the five most popular films
 */
export function coldStart(
  table: RatingTable,
  items: Iterable<Item> = [],
  options: ColdStartInput = {},
): ColdStart {
  const parsed = parseOptions(algorithm, ColdStartOptions, options);
  const numbers = numbersOf(table.items.ids);
  const ids = [...table.items.ids];
  const years: number[] = new Array(ids.length).fill(noYear);
  const genresOf: number[][] = ids.map(() => []);
  const genres = new Map<string, number>();
  for (const item of items) {
    let number = numbers.get(item.itemId);
    if (number === undefined) {
      number = ids.push(item.itemId) - 1;
      numbers.set(item.itemId, number);
    }
    years[number] = item.year ?? noYear;
    genresOf[number] = item.genres.map((genre) => {
      if (!genres.has(genre)) genres.set(genre, genres.size);
      return genres.get(genre)!;
    });
  }
  const counts = new Float64Array(ids.length);
  const sums = new Float64Array(ids.length);
  for (let row = 0; row < table.length; row++) {
    const item = table.items.codes[row]!;
    counts[item] = counts[item]! + 1;
    sums[item] = sums[item]! + table.ratings[row]!;
  }
  const starts = new Int32Array(ids.length + 1);
  for (const [item, its] of genresOf.entries()) starts[item + 1] = starts[item]! + its.length;
  const columns = Int32Array.from(genresOf.flat());
  return restoreColdStart(
    { algorithm, options: { ...parsed, genres: [...genres.keys()] }, seed: 0, scale: table.scale },
    {
      users: [],
      items: ids,
      arrays: {
        counts: vector(counts),
        sums: vector(sums),
        years: vector(Float64Array.from(years)),
        starts: vector(starts),
        columns: vector(columns),
        values: vector(new Float64Array(columns.length).fill(1)),
      },
    },
  );
}

/** A year that no film has; stands for an unknown one. */
const noYear = 0;

/**
 * Brings a cold start back from a model file.
 *
 * Tensors: `counts` and `sums` of the ratings and `years` (0: unknown), each (items); which item has which genre, a
 * sparse matrix of ones (items × genres), as `starts`, `columns`, `values`.
 *
 * @throws corrupt_data when a tensor is missing or does not have the shape it must have
 */
export function restoreColdStart(header: ModelHeader, tensors: ModelTensors): ColdStart {
  const options = parseOptions(algorithm, ColdStartOptions, header.options);
  const { minimumRatings, damping, topGenres, genres: names } = options;
  const ids = tensors.items;
  const read = readTensors(algorithm, tensors);
  const counts = read.float64("counts", ids.length);
  const sums = read.float64("sums", ids.length);
  const years = read.float64("years", ids.length);
  const genres = read.sparseRows(ids.length, names.length);
  const numbers = numbersOf(ids);

  const score = (item: number) => sums[item]! / (counts[item]! + damping);
  const tier = (item: number) => (counts[item] === 0 ? 2 : counts[item]! < minimumRatings ? 1 : 0);
  const genresOf = (item: number) => genres.columns.subarray(genres.starts[item], genres.starts[item + 1]);
  // Every item, best first: what is popular does not depend on who asks.
  const order = Int32Array.from(ids, (_, item) => item).sort(
    (a, b) =>
      tier(a) - tier(b) ||
      score(b) - score(a) ||
      counts[b]! - counts[a]! ||
      (tier(a) === 2 ? years[b]! - years[a]! : 0) ||
      compareIds(ids[a]!, ids[b]!),
  );
  const rank = new Int32Array(order.length);
  for (const [place, item] of order.entries()) rank[item] = place;

  /** The person's best genres: number of the genre and own mean. */
  function favourites(history: ColdStartRequest["history"]): { genre: number; average: number }[] {
    const own = new Map<number, { sum: number; count: number }>();
    for (const { itemId, rating } of history) {
      const item = numbers.get(canonicalId(itemId));
      for (const genre of item === undefined ? [] : genresOf(item)) {
        const { sum, count } = own.get(genre) ?? { sum: 0, count: 0 };
        own.set(genre, { sum: sum + rating, count: count + 1 });
      }
    }
    return [...own]
      .map(([genre, { sum, count }]) => ({ genre, count, average: sum / count }))
      .sort(
        (a, b) => b.average - a.average || b.count - a.count || (names[a.genre]! < names[b.genre]! ? -1 : 1),
      )
      .slice(0, topGenres);
  }

  /** The most popular items of the favourite genres, `n` or some more. */
  function choose({ n, history, seen }: ColdStartRequest): Map<number, ColdStartPick["genre"]> {
    const chosen = new Map<number, ColdStartPick["genre"]>();
    const best = favourites(history);
    const each = Math.max(2, Math.floor(n / best.length) + 1);
    for (const { genre, average } of best) {
      let found = 0;
      for (const item of order) {
        if (found === each || tier(item) > 0) break;
        if (chosen.has(item) || seen.has(ids[item]!) || !genresOf(item).includes(genre)) continue;
        chosen.set(item, { name: names[genre]!, average });
        found++;
      }
    }
    return chosen;
  }

  function* preferred(chosen: ReadonlyMap<number, unknown>): Generator<number> {
    yield* [...chosen.keys()].sort((a, b) => rank[a]! - rank[b]!);
    for (const item of order) if (!chosen.has(item)) yield item;
  }

  function pick(request: ColdStartRequest): ColdStartPick[] {
    const picks: ColdStartPick[] = [];
    if (request.n === 0) return picks;
    const chosen = choose(request);
    for (const item of preferred(chosen)) {
      const genre = chosen.get(item);
      if (request.seen.has(ids[item]!)) continue;
      picks.push({
        itemId: ids[item]!,
        score: score(item),
        ratings: counts[item]!,
        average: counts[item] === 0 ? 0 : sums[item]! / counts[item]!,
        year: years[item] === noYear ? null : years[item]!,
        source: genre ? "genre" : counts[item] === 0 ? "newest" : "popularity",
        ...(genre && { genre }),
      });
      if (picks.length === request.n) break;
    }
    return picks;
  }

  return { ...header, itemCount: ids.length, pick, tensors: () => tensors };
}
