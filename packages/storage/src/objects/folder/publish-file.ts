import { link, lstat, mkdir, open, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TamisError } from "@tamis/core";
import { hasCode } from "../file-system-error.ts";

/**
 * Gives a finished temporary file its name, at once and for good: the folders on the way are made, and the entry
 * is flushed to the disk.
 *
 * @returns false when `ifAbsent` and the name is taken.
 * @throws conflict when the name is a folder, or a folder on the way is a file
 * @throws forbidden when a folder on the way is a symbolic link
 */
export async function publishFile(
  root: string,
  temporary: string,
  key: string,
  options: { readonly ifAbsent: boolean },
): Promise<boolean> {
  const target = join(root, key);
  for (let attempt = 1; ; attempt++) {
    try {
      await makeFolders(root, key);
      if (options.ifAbsent) await link(temporary, target);
      else await rename(temporary, target);
      await syncFolder(dirname(target));
      return true;
    } catch (error) {
      if (options.ifAbsent && hasCode(error, "EEXIST")) return false;
      // Somebody removed the last object of that folder, and the folder, between our two steps.
      if (hasCode(error, "ENOENT") && attempt < 5) continue;
      if (hasCode(error, "EISDIR", "ENOTDIR", "ENOTEMPTY", "EEXIST")) throw nameTaken(key, error);
      throw error;
    }
  }
}

async function makeFolders(root: string, key: string): Promise<void> {
  let path = root;
  for (const segment of key.split("/").slice(0, -1)) {
    const parent = path;
    path = join(path, segment);
    try {
      await mkdir(path);
      await syncFolder(parent);
    } catch (error) {
      if (!hasCode(error, "EEXIST")) throw error;
      const found = await lstat(path);
      if (found.isSymbolicLink()) {
        throw new TamisError(
          "forbidden",
          `${path} is a symbolic link; a folder store does not follow links.`,
        );
      }
      if (!found.isDirectory()) throw nameTaken(key, error);
    }
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function nameTaken(key: string, cause: unknown): TamisError {
  return new TamisError(
    "conflict",
    `The object ${key} cannot be stored in a folder: another object's name is the beginning of its path, or the other way round.`,
    { cause, details: { key } },
  );
}
