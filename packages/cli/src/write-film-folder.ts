import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type OnProgress, TamisError, throwIfAborted } from "@tamis/core";
import { moviesCsv, ratingsCsv, type SyntheticFilms } from "@tamis/ml";

export interface FilmFolderOptions {
  /** How many rows that an import must refuse are put between the good ones. */
  readonly badRows: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/**
 * Writes a folder shaped like ml-latest: `movies.csv` (movieId, title, genres) and `ratings.csv` (userId, movieId,
 * rating, timestamp). Both get their names when both are complete.
 *
 * @throws no_space, aborted; nothing is left behind then but the folder
 */
export async function writeFilmFolder(
  folder: string,
  data: SyntheticFilms,
  options: FilmFolderOptions,
): Promise<void> {
  const files = [
    { path: join(folder, "movies.csv"), blocks: moviesCsv(data.films) },
    { path: join(folder, "ratings.csv"), blocks: watched(data, options) },
  ].map((file) => ({ ...file, partial: `${file.path}.${process.pid}.partial` }));
  await mkdir(folder, { recursive: true });
  try {
    for (const { blocks, partial } of files)
      await pipeline(Readable.from(blocks), createWriteStream(partial));
    for (const { partial, path } of files) await rename(partial, path);
  } catch (cause) {
    for (const { partial } of files) await rm(partial, { force: true });
    if ((cause as NodeJS.ErrnoException).code !== "ENOSPC") throw cause;
    throw new TamisError(
      "no_space",
      `The disk is full: nothing was written in ${folder}. Free some space and try again.`,
      { details: { folder }, cause },
    );
  }
}

/** The blocks of `ratings.csv`; says how far they have come, and stops when the signal fires. */
function* watched(data: SyntheticFilms, options: FilmFolderOptions): Generator<string> {
  const { badRows, signal, onProgress } = options;
  const total = data.ratingCount + badRows;
  let done = -1; // the header is no row
  for (const block of ratingsCsv(data, { badRows })) {
    throwIfAborted(signal);
    yield block;
    done += block.split("\n").length - 1;
    onProgress?.({ phase: "writing ratings.csv", done, total, unit: "rows" });
  }
}
