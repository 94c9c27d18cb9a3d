import type { Item, RejectReason } from "@tamis/core";
import type { SyntheticFilms } from "./synthesize-films.ts";

export interface RatingsCsvOptions {
  /** How many bad rows to mix in, spread evenly and taking turns through {@link badRowReasons}. @default 0 */
  readonly badRows?: number;
}

/**
 * The kinds of bad rows {@link ratingsCsv} can mix in, by the reason an import gives for refusing them: bad row
 * number k (from 0) is of kind k modulo the number of kinds.
 */
export const badRowReasons = [
  "rating_not_a_number",
  "rating_out_of_scale",
  "missing_user",
  "duplicate_pair",
  "missing_rating",
  "timestamp_invalid",
  "wrong_column_count",
  "missing_item",
] as const satisfies readonly RejectReason[];

/**
 * The text of a `ratings.csv` as MovieLens writes it, header included: blocks of whole lines, one block a person.
 *
 * A bad row is added after a good one, so the good rows are the same with and without bad ones.
 */
export function* ratingsCsv(
  data: SyntheticFilms,
  { badRows = 0 }: RatingsCsvOptions = {},
): Generator<string> {
  yield "userId,movieId,rating,timestamp\n";
  let row = 0;
  let bad = 0;
  for (const { userId, itemIds, ratings, ratedAt } of data.ratings()) {
    let block = "";
    for (let index = 0; index < itemIds.length; index++) {
      const cells = [userId, itemIds[index]!, ratings[index]!.toFixed(1), ratedAt[index]!];
      block += `${cells.join(",")}\n`;
      row++;
      // Bad row k comes after row (k + 1) / (badRows + 1) of all.
      while (bad < badRows && row * (badRows + 1) >= (bad + 1) * data.ratingCount) {
        block += `${spoil(cells, badRowReasons[bad % badRowReasons.length]!)}\n`;
        bad++;
      }
    }
    yield block;
  }
}

/** The text of a `movies.csv` as MovieLens writes it, header included: one line a film. */
export function* moviesCsv(films: Iterable<Item>): Generator<string> {
  yield "movieId,title,genres\n";
  for (const { itemId, title, genres } of films) {
    yield `${itemId},${quoteCell(title)},${genres.join("|") || "(no genres listed)"}\n`;
  }
}

function spoil(cells: readonly (string | number)[], reason: (typeof badRowReasons)[number]): string {
  const [user, item, rating, time] = cells;
  switch (reason) {
    case "rating_not_a_number":
      return [user, item, "great", time].join(",");
    case "rating_out_of_scale":
      return [user, item, "9.5", time].join(",");
    case "missing_user":
      return ["", item, rating, time].join(",");
    case "duplicate_pair":
      return [user, item, rating, time].join(",");
    case "missing_rating":
      return [user, item, "", time].join(",");
    case "timestamp_invalid":
      return [user, item, rating, "yesterday"].join(",");
    case "wrong_column_count":
      return [user, item].join(",");
    case "missing_item":
      return [user, "", rating, time].join(",");
  }
}

function quoteCell(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
