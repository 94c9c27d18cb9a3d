import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir, realpath, rm, rmdir, stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { Readable } from "node:stream";
import {
  type GetOptions,
  type ListedObject,
  type ListOptions,
  type LocalObjectStore,
  type PutOptions,
  type StoredObject,
  TamisError,
  throwIfAborted,
} from "@tamis/core";
import { checkDigest } from "./check-digest.ts";
import { checkRange } from "./check-range.ts";
import { fileSystemError, hasCode } from "./file-system-error.ts";
import { checkObjectKey, checkObjectPrefix, compareKeys } from "./object-key.ts";
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
    async get(key, getOptions = {}) {
      checkObjectKey(key);
      checkRange(getOptions);
      throwIfAborted(getOptions.signal);
      const found = await guarded(key, () => findFile(root, key));
      return found && read(key, found.path, getOptions);
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
const oneDay = 86_400_000; // ms

async function openRoot(path: string): Promise<string> {
  return await guarded(path, async () => {
    await mkdir(join(path, temporaryFolder), { recursive: true });
    const root = await realpath(path);
    for (const name of await readdir(join(root, temporaryFolder))) {
      const file = join(root, temporaryFolder, name);
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
      if (mtimeMs < Date.now() - oneDay) await rm(file, { force: true });
    }
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
    const written = await writeFile(temporary, body, signal);
    checkDigest(key, written.sha256, sha256);
    throwIfAborted(signal);
    if (!(await publishFile(root, temporary, key, { ifAbsent }))) throw alreadyThere(key);
    return { key, ...written };
  } finally {
    await rm(temporary, { force: true });
  }
}

function alreadyThere(key: string): TamisError {
  return new TamisError("conflict", `The object ${key} exists already and was left as it is.`, {
    details: { key },
  });
}

async function writeFile(
  path: string,
  body: Uint8Array | AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  const file = await open(path, "wx");
  try {
    for await (const chunk of body instanceof Uint8Array ? [body] : abortable(body, signal)) {
      throwIfAborted(signal);
      await file.writeFile(chunk);
      hash.update(chunk);
      bytes += chunk.byteLength;
    }
    await file.sync();
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** Ends the wait for a slow source when the signal fires, and tells the source. */
function abortable<T>(source: AsyncIterable<T>, signal: AbortSignal | undefined): AsyncIterable<T> {
  return signal === undefined ? source : Readable.from(source, { signal });
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

const chunkBytes = 262_144;

/** Opens the file when reading starts, so that an answer nobody reads holds nothing open. */
async function* read(key: string, path: string, { range, signal }: GetOptions): AsyncGenerator<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    let position = range?.start ?? 0;
    const end = position + (range?.length ?? Number.POSITIVE_INFINITY);
    while (position < end) {
      throwIfAborted(signal);
      const chunk = new Uint8Array(Math.min(chunkBytes, end - position));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  } catch (error) {
    throw fileSystemError(error, key);
  } finally {
    await file?.close();
  }
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
