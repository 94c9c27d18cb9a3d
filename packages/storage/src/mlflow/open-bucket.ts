import type { ObjectStore } from "@tamis/core";
import { openS3Url } from "../objects/open-s3-url.ts";

/**
 * Opens the bucket that a server keeps artifacts in, with the credentials of the environment; `MLFLOW_S3_ENDPOINT_URL`
 * says where, as to MLflow's own clients.
 *
 * @throws configuration
 */
export async function openEnvironmentBucket(bucket: string, dataDir: string): Promise<ObjectStore> {
  const endpoint = process.env.MLFLOW_S3_ENDPOINT_URL;
  const query = endpoint ? `?${new URLSearchParams({ endpoint })}` : "";
  return await openS3Url(`s3://${bucket}${query}`, dataDir);
}
