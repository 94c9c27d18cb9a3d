import { createHash } from "node:crypto";
import { checkDigest } from "../check-digest.ts";
import { cutParts, type Part, sliceParts } from "../cut-parts.ts";
import { atOnce, multipart } from "./multipart.ts";
import type { ObjectHeaders } from "./put-headers.ts";
import type { S3Access } from "./s3-access.ts";

/**
 * Bytes of a part. Larger ones are less work for the server, and cost nothing where the body is in memory already; of a
 * stream, four are held. S3 takes 10,000 parts, hence streams of 80 GiB.
 */
const partBytes = { ofStream: 8_388_608, ofMemory: 16_777_216 };

/** Stores bytes in parts. The digest in the headers is taken for theirs. */
export async function uploadBytes(
  s3: S3Access,
  key: string,
  body: Uint8Array,
  headers: ObjectHeaders,
  signal: AbortSignal | undefined,
): Promise<void> {
  await upload(s3, key, headers, signal, sliceParts(body, partBytes.ofMemory));
}

/**
 * Stores a stream in parts, in bounded memory, and takes its digest on the way.
 *
 * @param size - bytes of a part.
 * @throws corrupt_data when the stream has not the digest that its headers announce; nothing is stored then
 */
export async function uploadStream(
  s3: S3Access,
  key: string,
  stream: AsyncIterable<Uint8Array>,
  headers: ObjectHeaders,
  signal: AbortSignal | undefined,
  size: number = partBytes.ofStream,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  let sha256 = "";
  async function* parts(): AsyncGenerator<Part> {
    for await (const part of cutParts(stream, size, atOnce + 1)) {
      bytes += part.bytes.byteLength;
      yield part;
      // While the part is on its way. Released or not, it is filled again only in the next turn of this loop.
      hash.update(part.bytes);
    }
    sha256 = hash.digest("hex");
    checkDigest(key, sha256, headers.Metadata.sha256);
  }
  await upload(s3, key, headers, signal, parts());
  return { bytes, sha256 };
}

async function upload(
  s3: S3Access,
  key: string,
  headers: ObjectHeaders,
  signal: AbortSignal | undefined,
  parts: AsyncIterable<Part> | Iterable<Part>,
): Promise<void> {
  const { client, driver, attempt } = s3;
  await multipart(s3, key, headers, signal, parts, async (place, { bytes, release }, stop) => {
    const { ETag } = await attempt(key, stop, (options) =>
      client.send(new driver.UploadPartCommand({ ...place, Body: bytes }), options),
    );
    release();
    return ETag;
  });
}
