import { canonicalId, type Item, type Reject, releaseYear } from "@tamis/core";
import { delimitedRows } from "./delimited-rows.ts";
import type { MovielensLayout } from "./detect-movielens.ts";
import { movielensEncoding } from "./movielens-encoding.ts";
import type { FileSource } from "./ratings-file.ts";

/** The genre flags of `u.item`, in order, when there is no `u.genre` to name them. */
const genresOf100k =
  "unknown|Action|Adventure|Animation|Children's|Comedy|Crime|Documentary|Drama|Fantasy|Film-Noir|Horror|Musical|Mystery|Romance|Sci-Fi|Thriller|War|Western".split(
    "|",
  );

const ids = { 0: "item" } as const;

/**
 * Reads the films of a MovieLens set: `u.item`, `movies.dat` or `movies.csv`. A film of which the set knows no
 * genre (`unknown`, `(no genres listed)`) has none. The year is that in the title, else of the release date.
 */
export async function* movielensItems(
  layout: MovielensLayout,
  movies: FileSource,
  genres: FileSource | undefined,
  onReject: (reject: Reject) => void,
): AsyncGenerator<Item> {
  const encoding = await movielensEncoding(layout, movies);
  if (layout === "ml-100k") {
    const names = genres ? await readGenres(genres, onReject) : genresOf100k;
    const options = { separator: "|", encoding, header: false, columnCount: 5 + names.length, ids };
    for await (const { cells } of delimitedRows(movies, options, onReject)) {
      const [id, title, released] = cells as [string, string, string];
      const flags = cells.slice(5);
      yield {
        itemId: canonicalId(id.trim()),
        title: title.trim(),
        year: releaseYear(title) ?? yearOfDate(released),
        genres: names.filter((name, index) => flags[index] === "1" && name !== "unknown"),
      };
    }
    return;
  }
  const csv = layout === "ml-latest";
  const options = {
    separator: csv ? "," : "::",
    quoting: csv,
    encoding,
    header: csv,
    columnCount: 3,
    ids,
  };
  for await (const { cells } of delimitedRows(movies, options, onReject)) {
    const [id, title, listed] = cells as [string, string, string];
    yield {
      itemId: canonicalId(id.trim()),
      title: title.trim(),
      year: releaseYear(title),
      genres: listed === "(no genres listed)" ? [] : listed.split("|").filter((name) => name !== ""),
    };
  }
}

async function readGenres(file: FileSource, onReject: (reject: Reject) => void): Promise<string[]> {
  const names: string[] = [];
  const options = { separator: "|", header: false, columnCount: 2 };
  for await (const { cells } of delimitedRows(file, options, onReject)) names[Number(cells[1])] = cells[0]!;
  return names;
}

/** The year of a date like `01-Jan-1995`. */
function yearOfDate(text: string): number | null {
  const found = /-(\d{4})$/.exec(text.trim());
  return found ? Number(found[1]) : null;
}
