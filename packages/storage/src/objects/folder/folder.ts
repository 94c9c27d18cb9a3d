import { randomUUID } from "node:crypto";
import { link, lstat, mkdir, open, readdir, realpath, rm, rmdir } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import {
  type ListedObject,
  type ListOptions,
  type LocalObjectStore,
  type PutFileOptions,
  type PutOptions,
  type StoredObject,
  TamisError,
  throwIfAborted,
} from "@tamis/core";
import { alreadyThere } from "../already-there.ts";
import { checkDigest } from "../check-digest.ts";
import { checkRange } from "../check-range.ts";
import { fileSystemError, hasCode } from "../file-system-error.ts";
import { checkObjectKey, checkObjectPrefix, compareKeys } from "../object-key.ts";
import { readFileChunks } from "../read-file-chunks.ts";
import { removeOldFiles } from "../remove-old-files.ts";
import { writeHashed } from "../write-hashed.ts";
import { publishFile } from "./publish-file.ts";

/**
 * Objects as files in a folder: the object `a/b.json` is the file `a/b.json`.
 *
 * An object is written to `.tmp` inside the folder, flushed to the disk and renamed, so that it is there whole or
 * not at all, also after a power cut. Symbolic links inside the folder are not followed. Temporary files that a
 * killed process left are removed after a day, when the store is opened.
 *
 * @throws configuration when the folder cannot be made or written
 */
export async function openFolder(options: { readonly path: string }): Promise<LocalObjectStore> {
  const root = await openRoot(resolve(options.path));
  return {
    async put(key, body, putOptions = {}) {
      checkObjectKey(key);
      throwIfAborted(putOptions.signal);
      return await guarded(key, () => put(root, key, body, putOptions));
    },
    async putFile(key, path, putOptions) {
      checkObjectKey(key);
      throwIfAborted(putOptions.signal);
      return await guarded(key, () => putFile(root, key, path, putOptions));
    },
    async get(key, getOptions = {}) {
      checkObjectKey(key);
      checkRange(getOptions);
      throwIfAborted(getOptions.signal);
      const found = await guarded(key, () => findFile(root, key));
      return found && readFileChunks(found.path, key, getOptions);
    },
    list(prefix, listOptions = {}) {
      checkObjectPrefix(prefix);
      return list(root, "", prefix, listOptions);
    },
    async remove(key) {
      checkObjectKey(key);
      await guarded(key, () => remove(root, key));
    },
    async capabilities() {
      return { ifAbsent: true };
    },
    async localPath(key) {
      checkObjectKey(key);
      const found = await guarded(key, () => findFile(root, key));
      if (found) return found.path;
      throw new TamisError("not_found", `There is no object ${key} in file:${root}.`, { details: { key } });
    },
  };
}

const temporaryFolder = ".tmp";

async function openRoot(path: string): Promise<string> {
  return await guarded(path, async () => {
    await mkdir(join(path, temporaryFolder), { recursive: true });
    const root = await realpath(path);
    await removeOldFiles(join(root, temporaryFolder));
    return root;
  });
}

async function guarded<T>(subject: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileSystemError(error, subject);
  }
}

async function put(
  root: string,
  key: string,
  body: Uint8Array | AsyncIterable<Uint8Array>,
  { ifAbsent = false, sha256, signal }: PutOptions,
): Promise<StoredObject> {
  if (ifAbsent && (await findFile(root, key))) throw alreadyThere(key);
  const temporary = join(root, temporaryFolder, randomUUID());
  try {
    const written = await writeHashed(temporary, body, { flush: true, signal });
    checkDigest(key, written.sha256, sha256);
    throwIfAborted(signal);
    if (!(await publishFile(root, temporary, key, { ifAbsent }))) throw alreadyThere(key);
    return { key, ...written };
  } finally {
    await rm(temporary, { force: true });
  }
}

async function putFile(
  root: string,
  key: string,
  path: string,
  { sha256, signal }: PutFileOptions,
): Promise<StoredObject> {
  const temporary = join(root, temporaryFolder, randomUUID());
  try {
    await link(path, temporary);
  } catch (error) {
    // Another disk, a file system without second names, or one that allows this file no more.
    if (!hasCode(error, "EXDEV", "EPERM", "ENOTSUP", "ENOSYS", "EMLINK")) throw error;
    return await put(root, key, readFileChunks(path, key, {}), { sha256, ...(signal && { signal }) });
  }
  try {
    const bytes = await flushFile(temporary);
    throwIfAborted(signal);
    await publishFile(root, temporary, key, { ifAbsent: false });
    return { key, bytes, sha256 };
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Waits until a file is on the disk; tells its bytes. */
async function flushFile(path: string): Promise<number> {
  const file = await open(path, "r");
  try {
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

/** The file of a key, if it is one. A link on the way there is an error: it may lead out of the folder. */
async function findFile(
  root: string,
  key: string,
): Promise<{ path: string; bytes: number; modifiedAt: Date } | undefined> {
  let path = root;
  let found: Awaited<ReturnType<typeof lstat>> | undefined;
  for (const segment of key.split("/")) {
    path += sep + segment;
    try {
      found = await lstat(path);
    } catch (error) {
      if (hasCode(error, "ENOENT", "ENOTDIR")) return undefined;
      throw error;
    }
    if (found.isSymbolicLink()) {
      throw new TamisError("forbidden", `${path} is a symbolic link; a folder store does not follow links.`);
    }
  }
  return found?.isFile() ? { path, bytes: Number(found.size), modifiedAt: found.mtime } : undefined;
}

/** Walks the folders in the order of the keys: a folder sorts as its name with the `/` behind it. */
async function* list(
  root: string,
  folder: string,
  prefix: string,
  options: ListOptions,
): AsyncGenerator<ListedObject> {
  const { after = "", signal } = options;
  throwIfAborted(signal);
  const entries = await guarded(folder, () => readFolder(root, folder));
  const names = entries
    .filter((entry) => entry.isFile() || (entry.isDirectory() && folder + entry.name !== temporaryFolder))
    .map((entry) => Buffer.from(folder + entry.name + (entry.isDirectory() ? "/" : "")))
    .sort(Buffer.compare)
    .map(String);
  for (const name of names) {
    if (name.endsWith("/")) {
      const holdsMore = after.startsWith(name) || compareKeys(name, after) > 0;
      if (holdsMore && (name.startsWith(prefix) || prefix.startsWith(name)))
        yield* list(root, name, prefix, options);
    } else if (name.startsWith(prefix) && compareKeys(name, after) > 0) {
      const found = await guarded(name, () => findFile(root, name));
      // Absent: removed while it was being listed.
      if (found) yield { key: name, bytes: found.bytes, modifiedAt: found.modifiedAt };
    }
  }
}

async function readFolder(root: string, folder: string) {
  try {
    return await readdir(join(root, folder), { withFileTypes: true });
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

/** Removes the file, then the folders that it leaves empty: a key with `/` must not keep its beginning taken. */
async function remove(root: string, key: string): Promise<void> {
  const found = await findFile(root, key);
  if (found === undefined) return;
  await rm(found.path, { force: true });
  const segments = key.split("/").slice(0, -1);
  while (segments.length > 0) {
    try {
      await rmdir(join(root, ...segments));
    } catch {
      return; // not empty, or already gone
    }
    segments.pop();
  }
}
