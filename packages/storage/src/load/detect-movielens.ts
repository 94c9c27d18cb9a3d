import { access } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type Scale, TamisError } from "@tamis/core";
import { statPath } from "./local-file.ts";

/** The published layouts; `ml-latest` is that of latest-small, latest, 20m, 25m and 32m. */
export type MovielensLayout = "ml-100k" | "ml-1m" | "ml-10m" | "ml-latest";

/** The side files a layout may have, by what they hold. */
type MovielensRole = "movies" | "genres" | "users" | "tags" | "links" | "genomeTags" | "genomeScores";

export interface MovielensFolder {
  readonly layout: MovielensLayout;
  /** Name of the folder. */
  readonly name: string;
  /** Path of the ratings. */
  readonly ratings: string;
  readonly separator: string;
  /** The scale the set was collected with; `undefined` when the files do not tell which set it is. */
  readonly scale: Scale | undefined;
  /** Paths of the side files that are there. */
  readonly files: Readonly<Partial<Record<MovielensRole, string>>>;
}

const wholeStars: Scale = { min: 1, max: 5 };
const halfStars: Scale = { min: 0.5, max: 5 };

/** Ratings file, its separator and the side files of each family, tried in this order. */
const families: readonly {
  ratings: string;
  separator: string;
  files: Partial<Record<MovielensRole, string>>;
}[] = [
  {
    ratings: "u.data",
    separator: "\t",
    files: { movies: "u.item", genres: "u.genre", users: "u.user" },
  },
  {
    ratings: "ratings.dat",
    separator: "::",
    files: { movies: "movies.dat", users: "users.dat", tags: "tags.dat" },
  },
  {
    ratings: "ratings.tsv",
    separator: "\t",
    files: { movies: "movies.dat", users: "users.dat", tags: "tags.dat" },
  },
  {
    ratings: "ratings.csv",
    separator: ",",
    files: {
      movies: "movies.csv",
      tags: "tags.csv",
      links: "links.csv",
      genomeTags: "genome-tags.csv",
      genomeScores: "genome-scores.csv",
    },
  },
];

/**
 * Recognises a MovieLens folder, or the folder of a MovieLens ratings file, by the names of its files.
 *
 * @throws not_found when the path does not exist; data_load when it is of no known layout
 */
export async function detectMovielens(path: string): Promise<MovielensFolder> {
  const isFolder = (await statPath(path)).isDirectory();
  const folder = isFolder ? path : dirname(path);
  const wanted = isFolder ? undefined : basename(path);
  for (const { ratings, separator, files } of families) {
    if (wanted !== undefined && wanted !== ratings) continue;
    if (!(await exists(join(folder, ratings)))) continue;
    const found: Partial<Record<MovielensRole, string>> = {};
    for (const [role, file] of Object.entries(files) as [MovielensRole, string][]) {
      if (await exists(join(folder, file))) found[role] = join(folder, file);
    }
    const layout = layoutOf(ratings, found);
    return {
      layout,
      name: basename(resolve(folder)),
      ratings: join(folder, ratings),
      separator,
      scale: scaleOf(layout, found),
      files: found,
    };
  }
  const expected = families.map(({ ratings }) => ratings).join(", ");
  throw new TamisError(
    "data_load",
    isFolder
      ? `${path} holds no MovieLens ratings; expected one of: ${expected}.`
      : `${path} is no MovieLens ratings file (${expected}). Any other file is imported with: tamis import ratings ${path}`,
    { details: { file: path } },
  );
}

function layoutOf(ratings: string, found: Partial<Record<MovielensRole, string>>): MovielensLayout {
  if (ratings === "u.data") return "ml-100k";
  if (ratings === "ratings.csv") return "ml-latest";
  return found.tags && !found.users ? "ml-10m" : "ml-1m";
}

function scaleOf(layout: MovielensLayout, found: Partial<Record<MovielensRole, string>>): Scale | undefined {
  if (layout === "ml-100k") return wholeStars;
  if (layout !== "ml-1m") return halfStars;
  return found.users ? wholeStars : undefined;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
