import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { StoredObject } from "@tamis/core";
import { z } from "zod";
import { fileSystemError, hasCode } from "../file-system-error.ts";
import { makeFolder } from "../make-folder.ts";
import { removeOldFiles } from "../remove-old-files.ts";
import { writeHashed } from "../write-hashed.ts";

/** The copy of an object. */
export interface CacheEntry {
  readonly path: string;
  readonly bytes: number;
  readonly fetchedAt: number;
}

interface StoreOptions {
  readonly signal: AbortSignal;
  /** False when the object changed while it was written: then nothing is kept. */
  readonly isCurrent: () => boolean;
}

/** Copies of objects in a folder. */
export interface CacheFolder {
  /** The copy of an object, unless it is damaged: then it is removed. */
  find(key: string): Promise<CacheEntry | undefined>;
  /** @throws no_space */
  store(
    key: string,
    chunks: AsyncIterable<Uint8Array>,
    fetchedAt: number,
    options: StoreOptions,
  ): Promise<CacheEntry | undefined>;
  /** A name for a file in the making; it is removed after a day if nobody else does. */
  newPath(): string;
  /** Takes in a file in the making, whose digest was taken while it was written. */
  adopt(path: string, object: StoredObject, fetchedAt: number): Promise<CacheEntry>;
  forget(key: string): Promise<void>;
}

/** What `entry.json` says of the file beside it. */
const Label = z.object({
  key: z.string(),
  file: z.string(),
  bytes: z.int().nonnegative(),
  sha256: z.string(),
  fetched_at: z.number(),
});
type Label = z.infer<typeof Label>;

/** A copy that was used in this time may still be in use: it is not thrown out. In ms. */
const sparedMs = 600_000;

/**
 * Opens a folder of copies: for each object a folder `<digest of the key>` with its bytes and `entry.json`, whose
 * time of change is when it was last used. A file gets its name when it is complete; `entry.json` comes last.
 */
export async function openCacheFolder(
  path: string,
  { maxBytes, now }: { readonly maxBytes: number; readonly now: () => number },
): Promise<CacheFolder> {
  const root = resolve(path);
  const temporary = join(root, ".tmp");
  await makeFolder(temporary);
  await removeOldFiles(temporary);
  /** Size, time and inode of each file whose digest this process has taken or compared. */
  const compared = new Map<string, string>();
  let sinceCount = Number.POSITIVE_INFINITY;

  const newPath = () => join(temporary, randomUUID());
  const forget = (key: string) => rm(folderOf(root, key), { recursive: true, force: true });

  const adopt = async (path: string, { key, bytes, sha256 }: StoredObject, fetchedAt: number) => {
    const name = `${sha256.slice(0, 16)}-${key.split("/").at(-1)!.slice(-80)}`;
    const file = join(folderOf(root, key), name);
    await publish(root, key, path, { key, file: name, bytes, sha256, fetched_at: fetchedAt }, now());
    compared.set(file, (await seenNow(file)).seen);
    sinceCount += bytes;
    // Others may share the folder: it is counted again before much can have been added.
    if (sinceCount > maxBytes / 20) {
      sinceCount = 0;
      await throwOut(root, maxBytes, now() - sparedMs);
    }
    return { path: file, bytes, fetchedAt };
  };

  return {
    async find(key) {
      const folder = folderOf(root, key);
      const label = await readLabel(folder);
      if (label?.key !== key) return undefined;
      const file = join(folder, label.file);
      if (!(await isWhole(file, label, compared))) {
        await forget(key);
        return undefined;
      }
      await utimes(join(folder, "entry.json"), now() / 1000, now() / 1000).catch(() => {});
      return { path: file, bytes: label.bytes, fetchedAt: label.fetched_at };
    },
    async store(key, chunks, fetchedAt, { signal, isCurrent }) {
      const whole = newPath();
      try {
        const written = await writeHashed(whole, chunks, { signal });
        return isCurrent() ? await adopt(whole, { key, ...written }, fetchedAt) : undefined;
      } catch (error) {
        // The folder was removed between two steps: the object changed.
        if (!isCurrent() && hasCode(error, "ENOENT")) return undefined;
        throw fileSystemError(error, `the copy of ${key}`);
      } finally {
        await rm(whole, { force: true });
      }
    },
    newPath,
    adopt,
    forget,
  };
}

function folderOf(root: string, key: string): string {
  return join(root, createHash("sha256").update(key).digest("hex").slice(0, 40));
}

async function readLabel(folder: string): Promise<Label | undefined> {
  try {
    return Label.parse(JSON.parse(await readFile(join(folder, "entry.json"), "utf8")));
  } catch {
    return undefined;
  }
}

/** Compares the digest the first time; after that, as long as the file is the same one, its size and time. */
async function isWhole(file: string, label: Label, compared: Map<string, string>): Promise<boolean> {
  const found = await seenNow(file).catch(() => undefined);
  if (found === undefined || found.size !== BigInt(label.bytes)) return false;
  const { seen } = found;
  if (compared.get(file) === seen) return true;
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }))
      hash.update(chunk as Buffer);
  } catch {
    return false;
  }
  if (hash.digest("hex") !== label.sha256) return false;
  compared.set(file, seen);
  return true;
}

async function seenNow(file: string): Promise<{ size: bigint; seen: string }> {
  const { ino, mtimeNs, size } = await stat(file, { bigint: true });
  return { size, seen: `${ino} ${mtimeNs} ${size}` };
}

async function publish(root: string, key: string, whole: string, label: Label, now: number): Promise<void> {
  const folder = folderOf(root, key);
  const entry = `${whole}.json`;
  try {
    await writeFile(entry, JSON.stringify(label));
    await utimes(entry, now / 1000, now / 1000);
    await mkdir(folder, { recursive: true });
    await rename(whole, join(folder, label.file));
    await rename(entry, join(folder, "entry.json"));
  } finally {
    await rm(entry, { force: true });
  }
  for (const name of await readdir(folder)) {
    if (name !== label.file && name !== "entry.json") await rm(join(folder, name), { force: true });
  }
}

/** Throws out what was used longest ago until the rest is small enough, but nothing used after `sparedFrom`. */
async function throwOut(root: string, maxBytes: number, sparedFrom: number): Promise<void> {
  const copies: { folder: string; bytes: number; usedAt: number }[] = [];
  for (const name of await readdir(root)) {
    if (name === ".tmp") continue;
    const folder = join(root, name);
    const label = await readLabel(folder);
    const facts = await stat(join(folder, label ? "entry.json" : ".")).catch(() => undefined);
    if (facts) copies.push({ folder, bytes: label?.bytes ?? 0, usedAt: facts.mtimeMs });
  }
  let total = copies.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { folder, bytes, usedAt } of copies.sort((a, b) => a.usedAt - b.usedAt)) {
    if (total <= maxBytes || usedAt >= sparedFrom) return;
    await rm(folder, { recursive: true, force: true });
    total -= bytes;
  }
}
