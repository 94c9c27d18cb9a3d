import type { S3Access } from "./s3-access.ts";
import { isCalled } from "./s3-error.ts";

/** Removes an object for good, also from a bucket that keeps former versions. Asks once. */
export async function removeVersion({ client, driver, bucket }: S3Access, Key: string): Promise<void> {
  const target = { Bucket: bucket, Key };
  try {
    const { VersionId } = await client.send(new driver.HeadObjectCommand(target));
    await client.send(new driver.DeleteObjectCommand({ ...target, ...(VersionId && { VersionId }) }));
  } catch (error) {
    if (!isCalled(error, 404)) throw error;
  }
}
