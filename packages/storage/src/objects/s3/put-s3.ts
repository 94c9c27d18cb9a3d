import { createHash, randomUUID } from "node:crypto";
import { createReadStream, type ReadStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isTamisError, type PutOptions, type StoredObject, TamisError, throwIfAborted } from "@tamis/core";
import { abortable } from "../abortable.ts";
import { alreadyThere } from "../already-there.ts";
import { checkDigest } from "../check-digest.ts";
import { fileSystemError } from "../file-system-error.ts";
import { readFileChunks } from "../read-file-chunks.ts";
import { readStart } from "../read-start.ts";
import { writeHashed } from "../write-hashed.ts";
import { isOurs } from "./multipart.ts";
import { type ObjectHeaders, putHeaders } from "./put-headers.ts";
import { putStaged } from "./put-staged.ts";
import type { S3Access } from "./s3-access.ts";
import { isCalled } from "./s3-error.ts";
import { uploadBytes, uploadStream } from "./upload-parts.ts";

/** A body of this size is sent in one request. In bytes. */
const wholeBytes = 8_388_608;

/** The most that one request may store, in bytes. */
const maxSinglePut = 5 * 1024 ** 3;

export interface PutTools {
  /** Ask the server to encrypt (SSE-S3). */
  readonly encrypt: boolean;
  /** Folder for bodies that must be kept until all of them is known. */
  readonly scratch: string;
  /** Done before an upload in parts. */
  readonly beforeParts: () => Promise<void>;
  /** Whether the server lets an object be staged. */
  readonly canStage: () => Promise<boolean>;
}

/**
 * Stores an object on S3, with the SHA-256 of its bytes as metadata.
 *
 * - Up to 8 MiB: one request, whose signature covers the bytes.
 * - Longer, with the digest known: parts, sent while the body is read, checked before they become visible.
 * - Longer, with the digest not known: parts of a hidden object, which the server then copies to its place with the
 *   digest, as metadata is sent before the first part.
 * - The same on a server that cannot do that, and whatever is longer and only if absent: the body is kept in a local
 *   file first. Only a single request is reliably conditional (servers ignore the condition at the end of a multipart
 *   upload).
 */
export async function putS3(
  s3: S3Access,
  key: string,
  body: Uint8Array | AsyncIterable<Uint8Array>,
  { ifAbsent = false, sha256: announced, signal }: PutOptions,
  { encrypt, scratch, beforeParts, canStage }: PutTools,
): Promise<StoredObject> {
  const start = await readAbortable(body, signal);
  if (start.whole) {
    const { bytes } = start;
    const sha256 = digestOf(bytes);
    checkDigest(key, sha256, announced);
    const stored = { key, bytes: bytes.byteLength, sha256 };
    await putSingle(s3, stored, () => bytes, putHeaders(sha256, encrypt), ifAbsent, signal);
    return stored;
  }
  await beforeParts();
  const { stream } = start;
  if (!ifAbsent) {
    if (body instanceof Uint8Array) {
      const sha256 = digestOf(body);
      checkDigest(key, sha256, announced);
      await uploadBytes(s3, key, body, putHeaders(sha256, encrypt), signal);
      return { key, bytes: body.byteLength, sha256 };
    }
    if (announced !== undefined) {
      return { key, ...(await uploadStream(s3, key, stream, putHeaders(announced, encrypt), signal)) };
    }
    if (await canStage()) return await putStaged(s3, key, stream, { encrypt, signal });
  }
  return await withKept(scratch, key, stream, signal, async (path, kept) => {
    checkDigest(key, kept.sha256, announced);
    const headers = putHeaders(kept.sha256, encrypt);
    const file = () => createReadStream(path, { highWaterMark: 1 << 20 });
    if (ifAbsent) await putSingle(s3, { key, ...kept }, file, headers, true, signal);
    else await uploadStream(s3, key, readFileChunks(path, key, {}), headers, signal);
    return { key, ...kept };
  });
}

async function readAbortable(body: Uint8Array | AsyncIterable<Uint8Array>, signal: AbortSignal | undefined) {
  try {
    return await readStart(body instanceof Uint8Array ? body : abortable(body, signal), wholeBytes);
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function withKept<T>(
  scratch: string,
  key: string,
  stream: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
  work: (path: string, kept: { bytes: number; sha256: string }) => Promise<T>,
): Promise<T> {
  const path = join(scratch, `put-${randomUUID()}`);
  try {
    await mkdir(scratch, { recursive: true });
    const kept = await writeHashed(path, stream, { signal });
    return await work(path, kept);
  } catch (error) {
    throw fileSystemError(error, key);
  } finally {
    await rm(path, { force: true });
  }
}

async function putSingle(
  { client, driver, bucket, inBucket, attempt, ...s3 }: S3Access,
  { key, bytes, sha256 }: StoredObject,
  body: () => Uint8Array | ReadStream,
  headers: ObjectHeaders,
  ifAbsent: boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (bytes > maxSinglePut) throw tooLarge(key);
  const send = (options: { abortSignal?: AbortSignal }) => {
    const command = new driver.PutObjectCommand({
      Bucket: bucket,
      Key: inBucket(key),
      Body: body(),
      ContentLength: bytes,
      ...headers,
      ...(ifAbsent && { IfNoneMatch: "*" }),
    });
    command.middlewareStack.add(signedDigest(sha256), { step: "build" });
    return client.send(command, options);
  };
  try {
    await attempt(key, signal, send);
  } catch (error) {
    if (!ifAbsent || !isTamisError(error) || !isCalled(error, 412)) throw error;
    // An attempt whose answer got lost may have been the one that stored it.
    const access = { client, driver, bucket, inBucket, attempt, ...s3 };
    if (!(await isOurs(access, key, headers, signal))) throw alreadyThere(key);
  }
}

/** The digest as part of the signed request: the server compares it with the bytes it received. */
function signedDigest(sha256: string) {
  return <Args extends { request: unknown }, Output>(next: (args: Args) => Promise<Output>) =>
    (args: Args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers["x-amz-content-sha256"] = sha256;
      return next(args);
    };
}

function tooLarge(key: string): TamisError {
  return new TamisError(
    "unsupported",
    `The object ${key} has more than 5 GiB and cannot be stored on S3 only if absent. Store it as several objects.`,
    { details: { key } },
  );
}
