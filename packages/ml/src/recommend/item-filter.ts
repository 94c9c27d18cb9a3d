import type { Item } from "@tamis/core";

export interface ItemFilter {
  /** At least one of these genres, in any case of letters. */
  readonly genres?: readonly string[];
  /** None of these genres. */
  readonly notGenres?: readonly string[];
  /** Of this year or later, and of this year or earlier; an item whose year is unknown is neither. */
  readonly fromYear?: number;
  readonly toYear?: number;
}

/**
 * A test of items for {@link RecommendRules}, made of what can be written in a request.
 *
 * @example
 * recommend({ ...request, items, rules: { where: itemFilter({ genres: ["Drama"], fromYear: 1990 }) } });
 */
export function itemFilter({
  genres,
  notGenres = [],
  fromYear,
  toYear,
}: ItemFilter): (item: Item) => boolean {
  const wanted = genres && new Set(genres.map(lowerCase));
  const unwanted = new Set(notGenres.map(lowerCase));
  return (item) => {
    const its = item.genres.map(lowerCase);
    return (
      (wanted === undefined || its.some((genre) => wanted.has(genre))) &&
      !its.some((genre) => unwanted.has(genre)) &&
      (fromYear === undefined || (item.year ?? Number.NEGATIVE_INFINITY) >= fromYear) &&
      (toYear === undefined || (item.year ?? Number.POSITIVE_INFINITY) <= toYear)
    );
  };
}

function lowerCase(text: string): string {
  return text.toLowerCase();
}
