import {
  type GetOptions,
  isTamisError,
  type LocalObjectStore,
  type ObjectStore,
  type StoredObject,
  TamisError,
  throwIfAborted,
} from "@tamis/core";
import { checkRange } from "../check-range.ts";
import { checkObjectKey } from "../object-key.ts";
import { readFileChunks } from "../read-file-chunks.ts";
import { type CacheEntry, openCacheFolder } from "./cache-folder.ts";
import { type LoneWrite, loneWrites } from "./lone-writes.ts";
import { passingCopy } from "./passing-copy.ts";
import { sharedFlights } from "./shared-flights.ts";
import { smallObjects } from "./small-objects.ts";

export interface CachedObjectsOptions {
  /** Folder of the copies; several processes may share it. */
  readonly path: string;
  /** What the copies may take on the disk. One that was used in the last 10 minutes is kept all the same. @default 10 GB */
  readonly maxBytes?: number;
  /** How long a copy is used without asking whether the object changed, in ms. @default 3_600_000 */
  readonly ttlMs?: number;
  /** Keys whose bytes never change: their copies do not age. @default keys of which a segment is a SHA-256 */
  readonly immutable?: (key: string) => boolean;
  /** @default Date.now */
  readonly now?: () => number;
}

/**
 * A store with copies near: what was read once, or written from a stream, is read from the disk, or from memory when it
 * is small, until its time is over. Turns any {@link ObjectStore} into a {@link LocalObjectStore}.
 *
 * Readers of one object share one download. A copy is complete or absent. Its digest is taken while it is written, and
 * compared before another process first uses it; after that its size and time tell whether it is still the same. A
 * damaged one is fetched again. A range is read from the copy when there is one, else from the store. What this store
 * puts or removes counts at once; what others change is seen when the time is over.
 *
 * @throws configuration when the folder cannot be made
 */
export async function cachedObjects(
  remote: ObjectStore,
  options: CachedObjectsOptions,
): Promise<LocalObjectStore> {
  const { now = Date.now, ttlMs = 3_600_000, immutable = namesDigest } = options;
  const folder = await openCacheFolder(options.path, { maxBytes: options.maxBytes ?? 10e9, now });
  const small = smallObjects();
  const writes = loneWrites();
  const isFresh = (key: string, fetchedAt: number) =>
    immutable(key) || (now() >= fetchedAt && now() - fetchedAt < ttlMs);

  const find = async (key: string): Promise<CacheEntry | undefined> => {
    const entry = await folder.find(key);
    return entry && isFresh(key, entry.fetchedAt) ? entry : undefined;
  };
  const download = async (key: string, signal: AbortSignal, isCurrent: () => boolean) => {
    const fetchedAt = now();
    const chunks = await remote.get(key, { signal });
    return chunks && ((await folder.store(key, chunks, fetchedAt, { signal, isCurrent })) ?? "outdated");
  };
  const flights = sharedFlights(async (key, signal, isCurrent) => {
    const entry = (await find(key)) ?? (await download(key, signal, isCurrent));
    if (entry === undefined || entry === "outdated") return entry;
    await small.keep(key, entry);
    if (isCurrent()) return entry;
    small.forget(key);
    return "outdated";
  });
  const forget = async (key: string) => {
    flights.leave(key);
    small.forget(key);
    await folder.forget(key);
  };
  const adopt = async (path: string, stored: StoredObject, fetchedAt: number, write: LoneWrite) => {
    // Without room there is no copy; the object is stored all the same.
    if (write.isAlone()) await folder.adopt(path, stored, fetchedAt).catch(() => {});
    if (!write.isAlone()) await forget(stored.key);
  };
  const read = async (key: string, { range, signal }: GetOptions) => {
    const kept = small.find(key);
    if (kept && isFresh(key, kept.fetchedAt)) return piecesOf(cut(kept.bytes, range));
    const entry = await (range === undefined ? flights.join(key, signal) : find(key));
    if (entry === undefined) {
      return range === undefined ? undefined : await remote.get(key, { range, ...(signal && { signal }) });
    }
    return readCopy(remote, key, entry, { ...(range && { range }), ...(signal && { signal }) });
  };

  const put: ObjectStore["put"] = async (key, body, putOptions) => {
    const [fetchedAt, write] = [now(), writes.begin(key)];
    const copy = body instanceof Uint8Array ? undefined : passingCopy(folder.newPath(), body);
    try {
      const stored = await remote.put(key, copy?.passing ?? body, putOptions);
      await forget(key);
      if (await copy?.isWhole(stored.bytes)) await adopt(copy!.path, stored, fetchedAt, write);
      return stored;
    } finally {
      write.end();
      await copy?.discard();
    }
  };

  return {
    put,
    putFile: (key, path, { sha256, signal }) =>
      put(key, readFileChunks(path, key, {}), { sha256, ...(signal && { signal }) }),
    async get(key, getOptions = {}) {
      checkObjectKey(key);
      checkRange(getOptions);
      throwIfAborted(getOptions.signal);
      try {
        return await read(key, getOptions);
      } catch (error) {
        // No room for a copy is no reason not to read.
        if (isTamisError(error) && error.code === "no_space") return await remote.get(key, getOptions);
        throw error;
      }
    },
    list: (prefix, listOptions) => remote.list(prefix, listOptions),
    async remove(key) {
      const write = writes.begin(key);
      try {
        await remote.remove(key);
        await forget(key);
      } finally {
        write.end();
      }
    },
    capabilities: () => remote.capabilities(),
    async localPath(key) {
      checkObjectKey(key);
      const entry = await flights.join(key, undefined);
      if (entry) return entry.path;
      throw new TamisError("not_found", `There is no object ${key} in the store.`, { details: { key } });
    },
  };
}

function namesDigest(key: string): boolean {
  return key.split("/").some((segment) => /^[0-9a-f]{64}$/.test(segment));
}

function cut(bytes: Uint8Array, range: GetOptions["range"]): Uint8Array {
  return range === undefined ? bytes : bytes.subarray(range.start, range.start + range.length);
}

/** Bytes of a piece: memory of this size is used again, while that of larger ones is mapped anew each time. */
const pieceBytes = 65_536;

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += pieceBytes) {
    const piece = bytes.subarray(start, start + pieceBytes);
    // The caller may write into what it gets.
    const own = Buffer.allocUnsafeSlow(piece.byteLength);
    own.set(piece);
    yield own;
  }
}

/** Reads a copy; one that was thrown out between finding and opening it is read from the store. */
async function* readCopy(
  remote: ObjectStore,
  key: string,
  { path }: CacheEntry,
  options: GetOptions,
): AsyncGenerator<Uint8Array> {
  let begun = false;
  try {
    for await (const chunk of readFileChunks(path, key, options)) {
      begun = true;
      yield chunk;
    }
  } catch (error) {
    if (begun || !isTamisError(error) || error.code !== "not_found") throw error;
    yield* (await remote.get(key, options)) ?? [];
  }
}
