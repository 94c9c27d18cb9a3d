import type { CountTable } from "../statistics/count-table.ts";
import type { LabelSample } from "../statistics/label-sample.ts";
import type { NumericSample } from "../statistics/numeric-sample.ts";

/**
 * What a comparison of ratings needs to know of them: counts by value, never rows. Ratings that were made up
 * (`synthetic`) are in none of them.
 */
export interface RatingCounts {
  /** Digest of the current snapshot, `undefined` before the first import. */
  currentSnapshot(): Promise<string | undefined>;
  /** The figures of all the ratings there are now. */
  figures(): Promise<RatingFigures>;
  /**
   * The columns of some ratings: `rating` (numbers) and, where items have genres, `genres` (labels: all the genres of
   * the rated item, joined by `|`).
   *
   * @throws not_found when there is no such snapshot, or no data set yet
   */
  columns(window: RatingWindow): Promise<CountedRatings>;
  /**
   * How many of the ratings of two windows each user or item has: a cell each. Above `mostIds` of them, a fixed part of
   * them is counted, chosen by a hash of the id.
   */
  ids(
    role: "user" | "item",
    windows: { readonly reference: RatingWindow; readonly current: RatingWindow },
    mostIds: number,
  ): Promise<CountTable>;
  /** The mean scores of the latest `last` lists that were recommended, after or up to an instant. */
  scores(range: {
    readonly after?: Date;
    readonly upTo?: Date;
    readonly last: number;
  }): Promise<NumericSample>;
}

/** Which ratings are meant. */
export interface RatingWindow {
  /** Digest of a snapshot. @default the data set: the current snapshot and what came in since its import */
  readonly snapshot?: string | undefined;
  /** Only those rated at this instant or later. */
  readonly since?: Date | undefined;
  /** Only the latest so many; of those without a time, the last in the file. */
  readonly last?: number | undefined;
}

/** A column as how many rows hold each value. */
export type CountedColumn =
  | { readonly name: string; readonly kind: "numbers"; readonly sample: NumericSample }
  | { readonly name: string; readonly kind: "labels"; readonly sample: LabelSample };

export interface CountedRatings {
  /** Digest of the snapshot they are of. */
  readonly snapshot: string;
  readonly rows: number;
  readonly columns: readonly CountedColumn[];
}

/** How much data there is, in the names that earlier clients know. */
export interface RatingFigures {
  /** In units of the scale; 0 without ratings. */
  readonly avg_rating: number;
  /** Users who rated, items that are rated. */
  readonly num_users: number;
  readonly num_movies: number;
  readonly num_ratings: number;
}
