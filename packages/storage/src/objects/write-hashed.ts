import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { throwIfAborted } from "@tamis/core";
import { abortable } from "./abortable.ts";

export interface WriteHashedOptions {
  /** Wait until the bytes are on the disk. @default false */
  readonly flush?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Writes a new file and takes the digest of its bytes on the way. A failure leaves what was written. */
export async function writeHashed(
  path: string,
  body: Uint8Array | AsyncIterable<Uint8Array>,
  { flush = false, signal }: WriteHashedOptions = {},
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
    if (flush) await file.sync();
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest("hex") };
}
