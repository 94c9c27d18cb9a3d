import { randomUUID } from "node:crypto";
import type { StoredObject } from "@tamis/core";
import { copyS3 } from "./copy-s3.ts";
import { putHeaders } from "./put-headers.ts";
import { removeVersion } from "./remove-version.ts";
import type { S3Access } from "./s3-access.ts";
import { uploadStream } from "./upload-parts.ts";

export interface StagedOptions {
  /** Ask the server to encrypt (SSE-S3). */
  readonly encrypt: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of a part. @default 8 MiB */
  readonly partBytes?: number;
}

/**
 * Stores a stream whose digest is known only at its end: under a name that no reader sees, while it is read, from where
 * the server copies it to its place, with the digest. What a killed process leaves under that name is swept.
 */
export async function putStaged(
  s3: S3Access,
  key: string,
  stream: AsyncIterable<Uint8Array>,
  { encrypt, signal, partBytes }: StagedOptions,
): Promise<StoredObject> {
  const staged = `.tmp/put-${randomUUID()}`;
  try {
    const sent = await uploadStream(s3, staged, stream, putHeaders(undefined, encrypt), signal, partBytes);
    await copyS3(s3, staged, key, sent.bytes, { headers: putHeaders(sent.sha256, encrypt), signal });
    return { key, ...sent };
  } finally {
    await removeVersion(s3, s3.inBucket(staged)).catch(() => {});
  }
}
