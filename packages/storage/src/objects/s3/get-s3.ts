import { createHash } from "node:crypto";
import { addAbortSignal, type Readable } from "node:stream";
import { type GetOptions, isTamisError, TamisError, throwIfAborted } from "@tamis/core";
import type { S3Access } from "./s3-access.ts";
import { isCalled, s3Error } from "./s3-error.ts";

/** Bodies up to this size are read at once; a longer one holds a connection while it is read. */
const readAtOnceBytes = 1_048_576;

/** A longer body that nobody has begun to read after this time gives its connection back. In ms. */
const patienceMs = 5000;

/** What the first answer says of an object. */
interface Opened {
  readonly body: Readable;
  /** Bytes that are still to come. */
  readonly length: number;
  readonly etag: string | undefined;
  readonly sha256: string | undefined;
}

/**
 * Reads an object from S3, or a range of it; `undefined` when there is none. When the connection breaks, the rest is
 * asked for again, of the same version of the object.
 */
export async function getS3(
  s3: S3Access,
  key: string,
  { range, signal }: GetOptions,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const start = range?.start ?? 0;
  const end = range === undefined ? Number.POSITIVE_INFINITY : start + range.length;
  if (start === end) return (await exists(s3, key, signal)) ? nothing() : undefined;
  const opened = await openObject(s3, key, start, end, undefined, signal);
  if (opened === undefined || opened === "nothing") return opened && nothing();
  const announced = range === undefined ? opened.sha256 : undefined;
  const chunks = readBytes(s3, key, start, opened, announced, signal);
  return opened.length <= readAtOnceBytes ? await collected(chunks) : whenRead(chunks, opened.body);
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function exists(s3: S3Access, key: string, signal: AbortSignal | undefined): Promise<boolean> {
  const { client, driver, bucket, inBucket, attempt } = s3;
  try {
    await attempt(key, signal, (options) =>
      client.send(new driver.HeadObjectCommand({ Bucket: bucket, Key: inBucket(key) }), options),
    );
    return true;
  } catch (error) {
    if (isCalled(error, 404)) return false;
    throw error;
  }
}

/** Asks for the bytes from `start` to before `end`: `undefined` without object, `nothing` behind its end. */
async function openObject(
  s3: S3Access,
  key: string,
  start: number,
  end: number,
  etag: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Opened | "nothing" | undefined> {
  const { client, driver, bucket, inBucket, attempt } = s3;
  const whole = start === 0 && end === Number.POSITIVE_INFINITY;
  const command = {
    Bucket: bucket,
    Key: inBucket(key),
    ...(!whole && { Range: `bytes=${start}-${end === Number.POSITIVE_INFINITY ? "" : end - 1}` }),
    ...(etag !== undefined && { IfMatch: etag }),
  };
  try {
    const answer = await attempt(key, signal, (options) =>
      client.send(new driver.GetObjectCommand(command), options),
    );
    const body = answer.Body as Readable;
    // An error between two reads must not end the process; the next read throws it.
    body.on("error", () => {});
    if (signal) addAbortSignal(signal, body);
    return { body, length: answer.ContentLength ?? 0, etag: answer.ETag, sha256: answer.Metadata?.sha256 };
  } catch (error) {
    if (isCalled(error, "NoSuchKey")) return undefined;
    if (isCalled(error, 416)) return "nothing";
    if (etag !== undefined && isCalled(error, 412)) throw changed(key, error);
    throw error;
  }
}

/** The chunks of a body, over as many connections as it takes, then the comparison of their digest. */
async function* readBytes(
  s3: S3Access,
  key: string,
  start: number,
  first: Opened,
  announced: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const hash = announced === undefined ? undefined : createHash("sha256");
  const end = start + first.length;
  let position = start;
  let { body } = first;
  try {
    while (position < end) {
      const before = position;
      try {
        throwIfAborted(signal);
        for await (const chunk of body as AsyncIterable<Uint8Array>) {
          position += chunk.byteLength;
          hash?.update(chunk);
          yield chunk;
        }
        if (position < end) throw Object.assign(new Error("the answer is too short"), { code: "ECONNRESET" });
      } catch (error) {
        throwIfAborted(signal);
        const failure = s3Error(error, s3.settings, key);
        if (failure.code !== "unavailable" && failure.code !== "timeout") throw failure;
        // A server that accepts and breaks off again and again must not be asked for ever.
        if (position === before && body !== first.body) throw failure;
        const next = await openObject(s3, key, position, end, first.etag, signal);
        if (next === undefined || next === "nothing") throw changed(key, failure);
        body = next.body;
      }
    }
    if (hash && hash.digest("hex") !== announced) throw damaged(key);
  } finally {
    body.destroy();
  }
}

async function collected(chunks: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return (async function* () {
    yield* all;
  })();
}

/** Closes the connection when reading does not begin soon; reading then opens a new one. */
function whenRead(chunks: AsyncIterable<Uint8Array>, body: Readable): AsyncIterable<Uint8Array> {
  const timer = setTimeout(() => body.destroy(), patienceMs).unref();
  return {
    [Symbol.asyncIterator]() {
      clearTimeout(timer);
      return chunks[Symbol.asyncIterator]();
    },
  };
}

function damaged(key: string): TamisError {
  return new TamisError(
    "corrupt_data",
    `The object ${key} does not have the SHA-256 it was stored with. Restore it from a backup or a former version.`,
    { details: { key } },
  );
}

function changed(key: string, cause: unknown): TamisError {
  return new TamisError("conflict", `The object ${key} changed while it was read. Read it again.`, {
    details: { key },
    cause: isTamisError(cause) ? cause.cause : cause,
  });
}
