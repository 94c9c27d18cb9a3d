import { createHash, type Hash } from "node:crypto";
import { TamisError, throwIfAborted } from "@tamis/core";
import { checkDigest } from "../check-digest.ts";
import { cutParts, type Part, sliceParts } from "../cut-parts.ts";
import type { ObjectHeaders } from "./put-headers.ts";
import type { S3Access } from "./s3-access.ts";

/**
 * Bytes of a part. Larger ones are less work for the server, and cost nothing where the body is in memory already; of a
 * stream, four are held. S3 takes 10,000 parts, hence streams of 80 GiB.
 */
const partBytes = { ofStream: 8_388_608, ofMemory: 16_777_216 };
const maxParts = 10_000;

/** Parts on their way at a time; one more is being filled. */
const atOnce = 3;

interface SentPart {
  readonly PartNumber: number;
  readonly ETag: string | undefined;
}

interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
}

/**
 * Stores a long body in parts. The object appears when the last request succeeds; on any failure the parts are
 * removed, and what was there before stays.
 *
 * @param body - of bytes in memory, the digest in the headers is taken for true.
 * @throws corrupt_data when a stream has not the digest that its headers announce
 */
export async function uploadParts(
  s3: S3Access,
  key: string,
  body: Uint8Array | AsyncIterable<Uint8Array>,
  headers: ObjectHeaders,
  signal: AbortSignal | undefined,
): Promise<{ bytes: number; sha256: string }> {
  const { client, driver, attempt } = s3;
  const target = { Bucket: s3.bucket, Key: s3.inBucket(key) };
  const { UploadId } = await attempt(key, signal, (options) =>
    client.send(new driver.CreateMultipartUploadCommand({ ...target, ...headers }), options),
  );
  const upload = { ...target, UploadId };
  const failed = new AbortController();
  const stop = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const sending = new Set<Promise<void>>();
  const isWhole = body instanceof Uint8Array;
  const source = isWhole
    ? sliceParts(body, partBytes.ofMemory)
    : cutParts(body, partBytes.ofStream, atOnce + 1);
  const hash = isWhole ? undefined : createHash("sha256");
  try {
    const { parts, bytes } = await sendAll(source, hash, sending, (part, PartNumber) =>
      attempt(key, stop, (options) =>
        client.send(new driver.UploadPartCommand({ ...upload, PartNumber, Body: part }), options),
      ),
    );
    const { sha256 } = headers.Metadata;
    if (hash) checkDigest(key, hash.digest("hex"), sha256);
    throwIfAborted(signal);
    await complete(s3, key, upload, parts, headers, signal);
    return { bytes, sha256 };
  } catch (error) {
    failed.abort();
    // A part that arrives after the removal would stay.
    await Promise.allSettled(sending);
    await client.send(new driver.AbortMultipartUploadCommand(upload)).catch(() => {});
    throwIfAborted(signal);
    throw error;
  }
}

async function sendAll(
  source: AsyncIterable<Part> | Iterable<Part>,
  hash: Hash | undefined,
  sending: Set<Promise<void>>,
  send: (bytes: Uint8Array, number: number) => Promise<{ ETag?: string | undefined }>,
): Promise<{ parts: SentPart[]; bytes: number }> {
  const parts: SentPart[] = [];
  let bytes = 0;
  let number = 0;
  for await (const part of source) {
    if (++number > maxParts) throw tooLarge();
    const PartNumber = number;
    const sent = send(part.bytes, PartNumber).then(({ ETag }) => {
      parts.push({ PartNumber, ETag });
      part.release();
      sending.delete(sent);
    });
    // A part that failed stays among them, and ends the upload at the next wait.
    sent.catch(() => {});
    sending.add(sent);
    hash?.update(part.bytes);
    bytes += part.bytes.byteLength;
    if (sending.size >= atOnce) await Promise.race(sending);
  }
  await Promise.all(sending);
  parts.sort((a, b) => a.PartNumber - b.PartNumber);
  return { parts, bytes };
}

/**
 * The answer to the last request may get lost on the way: asked again, S3 knows no such upload. The object then
 * tells by its put id whether it is the one.
 */
async function complete(
  s3: S3Access,
  key: string,
  upload: Upload,
  parts: SentPart[],
  headers: ObjectHeaders,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { client, driver, attempt } = s3;
  const finish = { ...upload, MultipartUpload: { Parts: parts } };
  try {
    await attempt(key, signal, (options) =>
      client.send(new driver.CompleteMultipartUploadCommand(finish), options),
    );
  } catch (error) {
    if (!(await isOurs(s3, key, headers, signal))) throw error;
  }
}

/** True when the object under this key is the one that was put with these headers. */
export async function isOurs(
  { client, driver, bucket, inBucket, attempt }: S3Access,
  key: string,
  headers: ObjectHeaders,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const head = await attempt(key, signal, (options) =>
    client.send(new driver.HeadObjectCommand({ Bucket: bucket, Key: inBucket(key) }), options),
  ).catch(() => undefined);
  return head?.Metadata?.["put-id"] === headers.Metadata["put-id"];
}

function tooLarge(): TamisError {
  return new TamisError(
    "unsupported",
    `An object is stored on S3 in at most ${maxParts} parts of ${partBytes.ofStream} bytes. Store it as several objects.`,
  );
}
