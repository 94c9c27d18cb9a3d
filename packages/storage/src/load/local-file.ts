import { createReadStream, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { TamisError } from "@tamis/core";
import type { FileSource } from "./ratings-file.ts";

/**
 * A file on this machine, to be read.
 *
 * @throws not_found when there is no such path; data_load when it is a folder or cannot be read
 */
export async function localFile(path: string): Promise<FileSource> {
  const facts = await statPath(path);
  if (!facts.isFile()) {
    throw new TamisError(
      "data_load",
      `${path} is not a file. A folder of MovieLens files is imported with: tamis import movielens ${path}`,
      { details: { file: path } },
    );
  }
  return {
    name: basename(path),
    bytes: facts.size,
    open: () => createReadStream(path, { highWaterMark: 1 << 20 }),
    localPath: async () => path,
  };
}

/** @throws not_found, data_load */
export async function statPath(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new TamisError(
      missing ? "not_found" : "data_load",
      missing ? `There is no file or folder ${path}.` : `${path} cannot be read: ${(cause as Error).message}`,
      { details: { file: path }, cause },
    );
  }
}
