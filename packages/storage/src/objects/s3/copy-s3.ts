import { multipart } from "./multipart.ts";
import type { ObjectHeaders } from "./put-headers.ts";
import type { S3Access } from "./s3-access.ts";

/** What S3 copies in one request, in bytes. */
const maxSingleCopy = 5 * 1024 ** 3;

/** A larger object is copied in parts of this size. In bytes. */
const partBytes = 1024 ** 3;

export interface CopyOptions {
  readonly headers: ObjectHeaders;
  readonly signal?: AbortSignal | undefined;
  /** A longer object is copied in parts, each at most this long too. In bytes. @default what S3 takes */
  readonly atMost?: number;
}

/** Copies an object of `bytes` within the bucket, with other headers. The server does it; the copy appears whole. */
export async function copyS3(
  s3: S3Access,
  from: string,
  to: string,
  bytes: number,
  { headers, signal, atMost = maxSingleCopy }: CopyOptions,
): Promise<void> {
  const { client, driver, bucket, inBucket, attempt } = s3;
  const CopySource = `${bucket}/${inBucket(from)}`.split("/").map(encodeURIComponent).join("/");
  if (bytes <= atMost) {
    const target = { Bucket: bucket, Key: inBucket(to), CopySource, MetadataDirective: "REPLACE" } as const;
    await attempt(to, signal, (options) =>
      client.send(new driver.CopyObjectCommand({ ...target, ...headers }), options),
    );
    return;
  }
  const ranges = rangesOf(bytes, Math.min(partBytes, atMost));
  await multipart(s3, to, headers, signal, ranges, async (place, range, stop) => {
    const command = { ...place, CopySource, CopySourceRange: `bytes=${range}` };
    const { CopyPartResult } = await attempt(to, stop, (options) =>
      client.send(new driver.UploadPartCopyCommand(command), options),
    );
    return CopyPartResult?.ETag;
  });
}

function* rangesOf(bytes: number, size: number): Generator<string> {
  for (let start = 0; start < bytes; start += size) yield `${start}-${Math.min(start + size, bytes) - 1}`;
}
