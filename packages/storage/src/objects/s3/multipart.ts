import { TamisError, throwIfAborted } from "@tamis/core";
import type { ObjectHeaders } from "./put-headers.ts";
import type { S3Access } from "./s3-access.ts";

/** Parts on their way at a time; of a stream, one more is being filled. */
export const atOnce = 3;

/** The most that S3 takes for one object. */
const maxParts = 10_000;

/** What each request for a part names. */
interface PartPlace {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
  readonly PartNumber: number;
}

interface SentPart {
  readonly PartNumber: number;
  readonly ETag: string | undefined;
}

/**
 * Makes an object of parts, which `send` stores, giving the ETag of each. The object appears when the last request
 * succeeds; on any failure, also of `parts` itself, what was stored is removed, and what was there before stays.
 */
export async function multipart<Part>(
  s3: S3Access,
  key: string,
  headers: ObjectHeaders,
  signal: AbortSignal | undefined,
  parts: AsyncIterable<Part> | Iterable<Part>,
  send: (place: PartPlace, part: Part, signal: AbortSignal) => Promise<string | undefined>,
): Promise<void> {
  const { client, driver, attempt } = s3;
  const target = { Bucket: s3.bucket, Key: s3.inBucket(key) };
  const { UploadId } = await attempt(key, signal, (options) =>
    client.send(new driver.CreateMultipartUploadCommand({ ...target, ...headers }), options),
  );
  const upload = { ...target, UploadId };
  const failed = new AbortController();
  const stop = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const sending = new Set<Promise<void>>();
  try {
    const sent = await sendAll(key, parts, sending, (part, PartNumber) =>
      send({ ...upload, PartNumber }, part, stop),
    );
    throwIfAborted(signal);
    const finish = { ...upload, MultipartUpload: { Parts: sent } };
    try {
      await attempt(key, signal, (options) =>
        client.send(new driver.CompleteMultipartUploadCommand(finish), options),
      );
    } catch (error) {
      // The answer may get lost on the way: asked again, S3 knows no such upload.
      if (!(await isOurs(s3, key, headers, signal))) throw error;
    }
  } catch (error) {
    failed.abort();
    // A part that arrives after the removal would stay.
    await Promise.allSettled(sending);
    await client.send(new driver.AbortMultipartUploadCommand(upload)).catch(() => {});
    throwIfAborted(signal);
    throw error;
  }
}

async function sendAll<Part>(
  key: string,
  parts: AsyncIterable<Part> | Iterable<Part>,
  sending: Set<Promise<void>>,
  send: (part: Part, number: number) => Promise<string | undefined>,
): Promise<SentPart[]> {
  const all: SentPart[] = [];
  let number = 0;
  for await (const part of parts) {
    if (++number > maxParts) throw tooLarge(key);
    const PartNumber = number;
    const sent = send(part, PartNumber).then((ETag) => {
      all.push({ PartNumber, ETag });
      sending.delete(sent);
    });
    // A part that failed stays among them, and ends the upload at the next wait.
    sent.catch(() => {});
    sending.add(sent);
    if (sending.size >= atOnce) await Promise.race(sending);
  }
  await Promise.all(sending);
  return all.sort((a, b) => a.PartNumber - b.PartNumber);
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

function tooLarge(key: string): TamisError {
  return new TamisError(
    "unsupported",
    `The object ${key} has more than the ${maxParts} parts that S3 takes. Store it as several objects.`,
    { details: { key } },
  );
}
