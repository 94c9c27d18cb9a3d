import type { Item } from "@tamis/core";
import { replaceImportedRatings, type Tamis, upsertItems, upsertUsers } from "@tamis/storage";

/** Three films; the third is not rated. */
const films: readonly Item[] = [
  { itemId: 1, title: "Toy Story (1995)", year: 1995, genres: ["Animation", "Comedy"] },
  { itemId: 2, title: "Cité des enfants perdus, La (1995)", year: 1995, genres: ["Fantasy"] },
  { itemId: "tt-3", title: "Alien", year: null, genres: [] },
];

/** Puts {@link films} and four ratings by three people in the records: 5, 4 and 3 of film 1, 2.5 of film 2. */
export async function addFilms({ records }: Tamis): Promise<void> {
  await upsertItems(records, films);
  await upsertUsers(
    records,
    ["1", "2", "anna"].map((userId) => ({ userId, attributes: {} })),
  );
  const batch = {
    length: 4,
    userIds: ["1", "2", "anna", "1"],
    itemIds: ["1", "1", "1", "2"],
    ratings: Float64Array.of(5, 4, 3, 2.5),
    ratedAt: Float64Array.of(964982703, Number.NaN, 964982931, 964982224),
  };
  await replaceImportedRatings(records, [batch]);
}
