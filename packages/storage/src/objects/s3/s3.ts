import { tmpdir } from "node:os";
import { type ObjectStore, TamisError, throwIfAborted } from "@tamis/core";
import { checkRange } from "../check-range.ts";
import { checkObjectKey, checkObjectPrefix } from "../object-key.ts";
import { getS3 } from "./get-s3.ts";
import { listS3 } from "./list-s3.ts";
import { probeIfAbsent } from "./probe-if-absent.ts";
import { probeStaging } from "./probe-staging.ts";
import { putS3 } from "./put-s3.ts";
import { accessS3 } from "./s3-access.ts";
import { type BucketReport, makeBucket, readEncryption } from "./s3-bucket.ts";
import type { S3Settings } from "./s3-settings.ts";
import { sweepUploads } from "./sweep-uploads.ts";

export type { BucketReport } from "./s3-bucket.ts";
export { parseS3Url, type S3Settings, type S3Url } from "./s3-settings.ts";

export interface S3Options extends S3Settings {
  /** Folder for bodies that the server cannot take before their digest is known. @default the system's */
  readonly scratch?: string;
}

/**
 * Objects in a bucket of S3, or of any server that speaks its protocol. Nothing is asked of the server before the
 * first call.
 *
 * An object carries the SHA-256 of its bytes as metadata (`x-amz-meta-sha256`), compared at the end of every whole
 * read. What may pass by itself (no connection, 5xx, throttling) is tried again for at least 11 seconds, also in
 * the middle of a read or an upload. Credentials come from the AWS chain: environment, profile, role.
 *
 * @throws configuration when the AWS client is not installed
 *
 * @example
 * const objects = await openS3({ bucket: "lake", prefix: "tamis", endpoint: "http://127.0.0.1:9000" });
 * await objects.put("raw/x.csv", Buffer.from("1,1,5\n"));
 */
export async function openS3(options: S3Options): Promise<ObjectStore> {
  const { scratch = tmpdir(), ...settings } = options;
  const s3 = await accessS3(settings);
  const encryption = remembered(() => readEncryption(s3));
  const ifAbsent = remembered(() => probeIfAbsent(s3));
  const canStage = remembered(async () => probeStaging(s3, await encryption()));
  const swept = remembered(() => sweepUploads(s3));
  return {
    async put(key, body, putOptions = {}) {
      checkObjectKey(key);
      throwIfAborted(putOptions.signal);
      if (putOptions.ifAbsent && !(await ifAbsent())) throw notConditional(settings);
      const tools = { encrypt: await encryption(), scratch, beforeParts: swept, canStage };
      return await putS3(s3, key, body, putOptions, tools);
    },
    async get(key, getOptions = {}) {
      checkObjectKey(key);
      checkRange(getOptions);
      throwIfAborted(getOptions.signal);
      return await getS3(s3, key, getOptions);
    },
    list(prefix, listOptions = {}) {
      checkObjectPrefix(prefix);
      return listS3(s3, prefix, listOptions);
    },
    async remove(key) {
      checkObjectKey(key);
      const target = { Bucket: s3.bucket, Key: s3.inBucket(key) };
      await s3.attempt(key, undefined, () => s3.client.send(new s3.driver.DeleteObjectCommand(target)));
    },
    async capabilities() {
      return { ifAbsent: await ifAbsent() };
    },
  };
}

/**
 * Makes the bucket when it does not exist, with versioning, encryption (SSE-S3) and a lifecycle where the server
 * has them, and tells what is so.
 *
 * @throws unauthenticated, forbidden, configuration, unavailable
 */
export async function initS3(settings: S3Settings): Promise<BucketReport & { readonly ifAbsent: boolean }> {
  const s3 = await accessS3(settings);
  const report = await makeBucket(s3);
  return { ...report, ifAbsent: await probeIfAbsent(s3) };
}

/** Does the work once; a failure is not remembered. */
function remembered<T>(work: () => Promise<T>): () => Promise<T> {
  let promise: Promise<T> | undefined;
  return () => {
    promise ??= work().catch((error) => {
      promise = undefined;
      throw error;
    });
    return promise;
  };
}

function notConditional({ bucket, endpoint }: S3Settings): TamisError {
  return new TamisError(
    "unsupported",
    `${endpoint ?? "AWS"} does not honour conditional writes, so nothing can be stored only if absent in ${bucket}.`,
  );
}
