import { type ListedObject, type ListOptions, throwIfAborted } from "@tamis/core";
import { isObjectKey } from "../object-key.ts";
import type { S3Access } from "./s3-access.ts";

/** Lists the objects of a bucket, 1,000 a request. What is there but has no key of an object is passed over. */
export async function* listS3(
  s3: S3Access,
  prefix: string,
  { after, signal }: ListOptions,
): AsyncGenerator<ListedObject> {
  const { client, driver, bucket, inBucket, attempt } = s3;
  const start = inBucket("").length;
  let token: string | undefined;
  do {
    throwIfAborted(signal);
    const page = await attempt(`objects ${prefix}…`, signal, (options) =>
      client.send(
        new driver.ListObjectsV2Command({
          Bucket: bucket,
          Prefix: inBucket(prefix),
          ...(token !== undefined && { ContinuationToken: token }),
          ...(after !== undefined && token === undefined && { StartAfter: inBucket(after) }),
        }),
        options,
      ),
    );
    for (const { Key = "", Size = 0, LastModified = new Date(0) } of page.Contents ?? []) {
      const key = Key.slice(start);
      if (isObjectKey(key)) yield { key, bytes: Size, modifiedAt: LastModified };
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
}
