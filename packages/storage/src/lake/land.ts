import { join } from "node:path";
import type { LocalObjectStore, ObjectStore } from "@tamis/core";
import { copyFile, type FileCopy } from "./copy-file.ts";
import { type ReadingOptions, type SourceDigest, withSettings } from "./digest-source.ts";
import type { ImportSource } from "./import-source.ts";
import { zones } from "./zones.ts";

/** The files of a source on their way into the raw zone: copied near it, not yet published. */
export interface Landing {
  /** The copies. They are this import's own, so whoever reads them, how often ever, reads the same bytes. */
  readonly files: ImportSource["files"];
  /** The digests of the copies. Those that were read to their end are not read again. */
  digests(): Promise<SourceDigest>;
  /**
   * Puts the copies into the raw zone, those that are not there yet.
   *
   * @param onNew - told the key of each object before it is written, so that a failure can remove it.
   */
  publish(objects: LocalObjectStore, digests: SourceDigest, onNew: (key: string) => void): Promise<void>;
}

/**
 * Copies the files of a source into a folder.
 *
 * @throws data_load when a file changes meanwhile; no_space, aborted
 */
export async function landFiles(
  source: ImportSource,
  append: boolean,
  folder: string,
  options: ReadingOptions,
): Promise<Landing> {
  const { signal } = options;
  const copies: [role: string, copy: FileCopy][] = [];
  for (const [role, file] of Object.entries(source.files)) {
    copies.push([role, await copyFile(file, join(folder, role), options)]);
  }
  return {
    files: Object.fromEntries(copies.map(([role, { file }]) => [role, file])),
    async digests() {
      const files: Record<string, string> = {};
      for (const [role, copy] of copies) files[role] = await copy.digest({ signal });
      return withSettings(files, source, append);
    },
    async publish(objects, digests, onNew) {
      for (const [role, { file, flushed }] of copies) {
        const sha256 = digests.files[role]!;
        const key = zones.raw(source.name, sha256, file.name);
        if (await isThere(objects, key, file.bytes)) continue;
        await flushed;
        onNew(key);
        await objects.putFile(key, await file.localPath(), { sha256, signal });
      }
    },
  };
}

async function isThere(objects: ObjectStore, key: string, bytes: number): Promise<boolean> {
  for await (const object of objects.list(key)) if (object.key === key) return object.bytes === bytes;
  return false;
}
