import { randomUUID } from "node:crypto";
import { accessS3 } from "../objects/s3/s3-access.ts";
import type { S3Settings } from "../objects/s3/s3-settings.ts";

/** Puts credentials where every AWS client of this process, and of those it starts, looks for them. */
export function useCredentials(server: {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}): void {
  process.env.AWS_ACCESS_KEY_ID = server.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = server.secretAccessKey;
}

/** A new bucket without versioning or any other setting, as others make them. */
export async function plainBucket(server: { readonly endpoint: string }): Promise<S3Settings> {
  const settings = { bucket: `tamis-test-${randomUUID()}`, endpoint: server.endpoint };
  const { client, driver, bucket } = await accessS3(settings);
  await client.send(new driver.CreateBucketCommand({ Bucket: bucket }));
  return settings;
}
