import { createHash } from "node:crypto";

/** The chunks as they are; at their end `onDigest` is told the SHA-256 of all, in hexadecimal digits. */
export async function* hashedBytes(
  chunks: AsyncIterable<Uint8Array>,
  onDigest: (sha256: string) => void,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
  onDigest(hash.digest("hex"));
}
