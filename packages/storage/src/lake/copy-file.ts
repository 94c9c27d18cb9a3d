import { type FileHandle, open, stat } from "node:fs/promises";
import { TamisError } from "@tamis/core";
import { hashedBytes } from "../load/hashed-bytes.ts";
import { localFile } from "../load/local-file.ts";
import type { FileSource } from "../load/ratings-file.ts";
import { fileSystemError } from "../objects/file-system-error.ts";
import { chunksOf, digestFile, type ReadingOptions } from "./digest-source.ts";

/** A copy of a file, under the name of the original. */
export interface FileCopy {
  readonly file: FileSource;
  /** Its SHA-256: that found by a reader who came to its end, else it is read for it. */
  digest(options: ReadingOptions): Promise<string>;
  /** Fulfilled when it is on the disk. */
  readonly flushed: Promise<void>;
}

/**
 * Copies a file. The copy is there to be read at once, while the disk takes it.
 *
 * @throws data_load when the file changes meanwhile; no_space, aborted
 */
export async function copyFile(file: FileSource, path: string, options: ReadingOptions): Promise<FileCopy> {
  const { name } = file;
  const before = await version(file);
  const target = await open(path, "wx");
  try {
    for await (const chunk of chunksOf(file, options)) await target.writeFile(chunk);
    if ((await version(file)) !== before) throw changed(name);
  } catch (error) {
    await target.close();
    throw fileSystemError(error, name);
  }
  const flushed = flush(target, name);
  flushed.catch(() => {}); // whoever waits for it is told
  return { ...digested(name, await localFile(path)), flushed };
}

/** A copy that notes its digest when somebody reads it to its end. */
function digested(name: string, copy: FileSource): Pick<FileCopy, "file" | "digest"> {
  let known: string | undefined;
  const onDigest = (sha256: string) => {
    known = sha256;
  };
  const file: FileSource = {
    ...copy,
    name,
    open: () => hashedBytes(copy.open(), onDigest),
    direct: async () => ({ path: await copy.localPath(), onDigest }),
  };
  return { file, digest: async (options) => known ?? (await digestFile(copy, options)) };
}

/** What changes with the bytes of a file. */
async function version(file: FileSource): Promise<string> {
  const { ino, size, mtimeNs } = await stat(await file.localPath(), { bigint: true });
  return [ino, size, mtimeNs].join();
}

async function flush(file: FileHandle, name: string): Promise<void> {
  try {
    await file.sync();
  } catch (error) {
    throw fileSystemError(error, name);
  } finally {
    await file.close();
  }
}

function changed(name: string): TamisError {
  return new TamisError("data_load", `${name} changed while it was read. Import it again.`, {
    details: { file: name },
  });
}
