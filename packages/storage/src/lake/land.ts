import { createHash } from "node:crypto";
import {
  isTamisError,
  type LocalObjectStore,
  type ObjectStore,
  TamisError,
  throwIfAborted,
} from "@tamis/core";
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

/**
 * Copies the files of a source into the raw zone, those that are not there yet.
 *
 * @param onNew - told the key of each object before it is written, so that a failure can remove it.
 * @throws data_load when a file changed since its digest was taken
 */
export async function landFiles(
  objects: LocalObjectStore,
  source: ImportSource,
  digests: SourceDigest,
  onNew: (key: string) => void,
  options: LandOptions,
): Promise<ImportSource["files"]> {
  const landed: Record<string, FileSource> = {};
  for (const [role, file] of Object.entries(source.files)) {
    const sha256 = digests.files[role]!;
    const key = zones.raw(source.name, sha256, file.name);
    if (!(await isThere(objects, key, file.bytes))) {
      onNew(key);
      try {
        await objects.put(key, counted(file, options), {
          sha256,
          ...(options.signal && { signal: options.signal }),
        });
      } catch (cause) {
        if (!isTamisError(cause) || cause.code !== "corrupt_data") throw cause;
        throw new TamisError("data_load", `${file.name} changed while it was read. Import it again.`, {
          details: { file: file.name },
          cause,
        });
      }
    } else options.onBytes?.(file.bytes);
    landed[role] = landedFile(objects, key, file);
  }
  return landed;
}

function landedFile(objects: LocalObjectStore, key: string, { name, bytes }: FileSource): FileSource {
  return {
    name,
    bytes,
    async *open() {
      const chunks = await objects.get(key);
      if (!chunks) throw new TamisError("not_found", `The object ${key} has disappeared. Import again.`);
      yield* chunks;
    },
    localPath: () => objects.localPath(key),
  };
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
