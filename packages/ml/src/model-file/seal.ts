import { createHash } from "node:crypto";
import { TamisError } from "@tamis/core";

/**
 * The seal is the SHA-256 of the whole file, taken with the seal's own 64 digits as zeros. It is the first entry of
 * the metadata, so that it stands at the same bytes of every model file.
 */
const opening = '{"__metadata__":{"sha256":"';
const start = 8 + opening.length;
const end = start + 64;

/** A hash takes less than 2 GiB at a time, which a model may have. */
const hashedAtOnce = 2 ** 30;

/** What to put into the metadata, first, before {@link seal}. */
export const unsealed = { sha256: "0".repeat(64) };

/** Fills in the seal of a file written with {@link unsealed}: changes its first chunk, in place. */
export function seal(chunks: readonly Uint8Array[]): void {
  const hash = createHash("sha256");
  for (const chunk of chunks) hash.update(chunk);
  chunks[0]!.set(new TextEncoder().encode(hash.digest("hex")), start);
}

/**
 * Checks the seal.
 *
 * @throws corrupt_data when the bytes are not the ones that were sealed; unsupported when there is no seal, as in a
 * safetensors file that another program wrote
 */
export function checkSeal(bytes: Uint8Array): void {
  const text = (from: number, to: number) => new TextDecoder("latin1").decode(bytes.subarray(from, to));
  if (text(8, start) !== opening) {
    throw new TamisError("unsupported", "This is not a model file of Tamis: it does not begin with a seal.");
  }
  const hash = createHash("sha256").update(bytes.subarray(0, start)).update(unsealed.sha256);
  for (let at = end; at < bytes.length; at += hashedAtOnce)
    hash.update(bytes.subarray(at, at + hashedAtOnce));
  if (hash.digest("hex") === text(start, end)) return;
  throw new TamisError(
    "corrupt_data",
    "The model file is damaged: its bytes are not those that were written. Copy it again, or train again.",
  );
}
