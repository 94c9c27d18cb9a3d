import type { S3Access } from "./s3-access.ts";

/** Parts of an upload that nobody finished in this time belong to a process that died. In ms. */
const abandonedAfter = 86_400_000;

/**
 * Removes the parts that killed processes left, as far as the credentials permit. A bucket with a lifecycle does it
 * by itself; not every bucket has one.
 */
export async function sweepUploads(s3: S3Access, olderThan: number = abandonedAfter): Promise<void> {
  const { client, driver, bucket, inBucket } = s3;
  try {
    const { Uploads = [] } = await client.send(
      new driver.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: inBucket("") }),
    );
    for (const { Key, UploadId, Initiated = new Date() } of Uploads) {
      if (Initiated.getTime() > Date.now() - olderThan) continue;
      await client.send(new driver.AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
    }
  } catch {
    // Housekeeping never stands in the way of a put.
  }
}
