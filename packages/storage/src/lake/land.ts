import { createHash } from "node:crypto";
import { isTamisError, type LocalObjectStore, type ObjectStore, throwIfAborted } from "@tamis/core";
import { checkedBytes, fileChanged } from "../load/checked-bytes.ts";
import type { FileSource } from "../load/ratings-file.ts";
import type { ImportSource } from "./import-source.ts";
import { zones } from "./zones.ts";

/** Digest of each file by its role, and of all with the settings. 64 hexadecimal digits each. */
export interface SourceDigest {
  readonly files: Readonly<Record<string, string>>;
  readonly source: string;
}

export interface LandOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** Reads all files of a source once, for their digests: the same bytes with the same settings have the same. */
export async function digestSource(
  source: ImportSource,
  append: boolean,
  options: LandOptions,
): Promise<SourceDigest> {
  const files: Record<string, string> = {};
  for (const role of Object.keys(source.files).sort()) {
    const hash = createHash("sha256");
    for await (const chunk of counted(source.files[role]!, options)) hash.update(chunk);
    files[role] = hash.digest("hex");
  }
  const settings = Object.fromEntries(Object.entries(source.settings).sort(([a], [b]) => (a < b ? -1 : 1)));
  const content = JSON.stringify({ append, files, settings });
  return { files, source: createHash("sha256").update(content).digest("hex") };
}

/** Files on their way into the raw zone. */
export interface Landing {
  /** The files, to be read meanwhile: with the bytes of their digests, or they throw `data_load` at their end. */
  readonly files: ImportSource["files"];
  /** Fulfilled when all are in the raw zone. */
  readonly done: Promise<void>;
}

/**
 * Begins to copy the files of a source into the raw zone, those that are not there yet, one after the other.
 *
 * @param onNew - told the key of each object before it is written, so that a failure can remove it.
 * @throws data_load (`done` and the files) when a file changed since its digest was taken
 */
export function landFiles(
  objects: LocalObjectStore,
  source: ImportSource,
  digests: SourceDigest,
  onNew: (key: string) => void,
  signal?: AbortSignal,
): Landing {
  const files: Record<string, FileSource> = {};
  let done = Promise.resolve();
  for (const [role, file] of Object.entries(source.files)) {
    const sha256 = digests.files[role]!;
    const key = zones.raw(source.name, sha256, file.name);
    done = done.then(() => landFile(objects, file, { key, sha256, onNew, signal }));
    const landed = done;
    files[role] = {
      name: file.name,
      bytes: file.bytes,
      open: () => checkedBytes(file, sha256),
      direct: async () => ({ path: await file.localPath(), sha256 }),
      localPath: () => landed.then(() => objects.localPath(key)),
    };
  }
  done.catch(() => {}); // whoever waits for it is told
  return { files, done };
}

interface LandedFile {
  readonly key: string;
  readonly sha256: string;
  readonly onNew: (key: string) => void;
  readonly signal: AbortSignal | undefined;
}

async function landFile(
  objects: LocalObjectStore,
  file: FileSource,
  { key, sha256, onNew, signal }: LandedFile,
): Promise<void> {
  if (await isThere(objects, key, file.bytes)) return;
  onNew(key);
  try {
    await objects.put(key, file.open(), { sha256, ...(signal && { signal }) });
  } catch (cause) {
    if (!isTamisError(cause) || cause.code !== "corrupt_data") throw cause;
    throw fileChanged(file.name, cause);
  }
}

async function isThere(objects: ObjectStore, key: string, bytes: number): Promise<boolean> {
  for await (const object of objects.list(key)) if (object.key === key) return object.bytes === bytes;
  return false;
}

async function* counted(file: FileSource, { signal, onBytes }: LandOptions): AsyncGenerator<Uint8Array> {
  for await (const chunk of file.open()) {
    throwIfAborted(signal);
    onBytes?.(chunk.length);
    yield chunk;
  }
}
