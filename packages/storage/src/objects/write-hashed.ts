import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { throwIfAborted } from "@tamis/core";
import { abortable } from "./abortable.ts";
import { cutParts, sliceParts } from "./cut-parts.ts";

export interface WriteHashedOptions {
  /** Wait until the bytes are on the disk. @default false */
  readonly flush?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** What goes to the disk at a time: network chunks are much smaller, and each write is a trip to another thread. */
const writeBytes = 1_048_576;

/** Writes a new file and takes the digest of its bytes on the way. A failure leaves what was written. */
export async function writeHashed(
  path: string,
  body: Uint8Array | AsyncIterable<Uint8Array>,
  { flush = false, signal }: WriteHashedOptions = {},
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let size = 0;
  const file = await open(path, "wx");
  try {
    const parts =
      body instanceof Uint8Array
        ? sliceParts(body, writeBytes)
        : cutParts(abortable(body, signal), writeBytes, 1);
    for await (const { bytes, release } of parts) {
      throwIfAborted(signal);
      const written = file.writeFile(bytes);
      hash.update(bytes); // while the other thread writes
      await written;
      size += bytes.byteLength;
      release();
    }
    if (flush) await file.sync();
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  } finally {
    await file.close();
  }
  return { bytes: size, sha256: hash.digest("hex") };
}
