import { createReadStream, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { TamisError } from "@tamis/core";
import type { FileSource } from "./ratings-file.ts";

/**
 * A file on this machine, to be read.
 *
 * @throws not_found when there is no such path; data_load when it is no regular file, or (while it is read) cannot
 * be read
 */
export async function localFile(path: string): Promise<FileSource> {
  const facts = await statPath(path);
  if (!facts.isFile()) {
    const remedy = facts.isDirectory()
      ? `A folder of MovieLens files is imported with: tamis import movielens ${path}`
      : "An import reads its source more than once: save it to a file first.";
    throw new TamisError("data_load", `${path} is not a file. ${remedy}`, { details: { file: path } });
  }
  return {
    name: basename(path),
    bytes: facts.size,
    open: () => readBytes(path),
    localPath: async () => path,
  };
}

/** @throws not_found, data_load */
export async function statPath(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw unreadable(path, cause as Error);
    throw new TamisError("not_found", `There is no file or folder ${path}.`, {
      details: { file: path },
      cause,
    });
  }
}

async function* readBytes(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: 1 << 20 });
  } catch (cause) {
    throw unreadable(path, cause as Error);
  }
}

function unreadable(path: string, cause: Error): TamisError {
  return new TamisError("data_load", `${path} cannot be read: ${cause.message}`, {
    details: { file: path },
    cause,
  });
}
