import { removeVersion } from "./remove-version.ts";
import type { S3Access } from "./s3-access.ts";

/** What nobody finished in this time belongs to a process that died. In ms. */
const abandonedAfter = 86_400_000;

/**
 * Removes the parts and the staged objects that killed processes left, as far as the credentials permit. A bucket with
 * a lifecycle removes parts by itself; not every bucket has one.
 */
export async function sweepUploads(s3: S3Access, olderThan: number = abandonedAfter): Promise<void> {
  const { client, driver, bucket, inBucket } = s3;
  const isAbandoned = (since = new Date()) => since.getTime() <= Date.now() - olderThan;
  try {
    const { Uploads = [] } = await client.send(
      new driver.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: inBucket("") }),
    );
    for (const { Key, UploadId, Initiated } of Uploads) {
      if (!isAbandoned(Initiated)) continue;
      await client.send(new driver.AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
    }
    const { Contents = [] } = await client.send(
      new driver.ListObjectsV2Command({ Bucket: bucket, Prefix: inBucket(".tmp/") }),
    );
    for (const { Key, LastModified } of Contents) {
      if (Key !== undefined && isAbandoned(LastModified)) await removeVersion(s3, Key);
    }
  } catch {
    // Housekeeping never stands in the way of a put.
  }
}
