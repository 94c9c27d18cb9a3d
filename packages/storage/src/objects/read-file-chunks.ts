import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { type GetOptions, throwIfAborted } from "@tamis/core";
import { fileSystemError } from "./file-system-error.ts";

const chunkBytes = 1_048_576;

/**
 * Reads a file or a range of it. It is opened when reading starts, so that an answer nobody reads holds nothing open.
 *
 * @param key - how messages call it.
 * @throws not_found when it was removed meanwhile; forbidden for a symbolic link
 */
export async function* readFileChunks(
  path: string,
  key: string,
  { range, signal }: GetOptions,
): AsyncGenerator<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    const { size } = await file.stat();
    let position = range?.start ?? 0;
    const end = Math.min(size, position + (range?.length ?? size));
    while (position < end) {
      throwIfAborted(signal);
      const chunk = Buffer.allocUnsafeSlow(Math.min(chunkBytes, end - position));
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
