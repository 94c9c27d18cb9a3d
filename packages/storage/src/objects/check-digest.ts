import { TamisError } from "@tamis/core";

/**
 * Compares the digest of the bytes that arrived with the one that was announced, if one was.
 *
 * @throws corrupt_data
 */
export function checkDigest(key: string, sha256: string, announced: string | undefined): void {
  if (announced === undefined || announced === sha256) return;
  throw new TamisError(
    "corrupt_data",
    `The object ${key} was not stored: its bytes have the SHA-256 ${sha256}, not ${announced}. They changed, or were damaged, on the way.`,
    { details: { key } },
  );
}
