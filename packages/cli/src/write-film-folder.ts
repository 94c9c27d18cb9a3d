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
 * rating, timestamp). Both appear under their names when they are complete, `ratings.csv` last.
 *
 * @throws no_space, aborted; no half-written file is left behind
 */
export async function writeFilmFolder(
  folder: string,
  data: SyntheticFilms,
  options: FilmFolderOptions,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeWhole(join(folder, "movies.csv"), moviesCsv(data.films));
  await writeWhole(join(folder, "ratings.csv"), watched(ratingsCsv(data, options), options));
}

/** The same blocks; counts their bytes, and stops when the signal fires. */
function* watched(blocks: Iterable<string>, { signal, onProgress }: FilmFolderOptions): Generator<string> {
  let done = 0;
  for (const block of blocks) {
    throwIfAborted(signal);
    yield block;
    done += block.length;
    onProgress?.({ phase: "writing ratings.csv", done, unit: "bytes" });
  }
}

async function writeWhole(path: string, chunks: Iterable<string>): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  try {
    await pipeline(Readable.from(chunks), createWriteStream(partial));
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    if ((cause as NodeJS.ErrnoException).code !== "ENOSPC") throw cause;
    throw new TamisError(
      "no_space",
      `The disk is full: ${path} was not written. Free some space and try again.`,
      {
        details: { file: path },
        cause,
      },
    );
  }
}
