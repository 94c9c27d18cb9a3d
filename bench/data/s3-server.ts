import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCeph, whyNoCeph } from "../../packages/storage/src/testing/ceph.ts";
import { plainBucket, useCredentials } from "../../packages/storage/src/testing/plain-bucket.ts";

/** A bucket of a real S3 server of our own, which keeps everything in memory, and a folder; both go afterwards. */
export async function withS3<T>(
  work: (place: {
    readonly bucket: string;
    readonly endpoint: string;
    readonly folder: string;
  }) => Promise<T>,
): Promise<T> {
  const reason = await whyNoCeph();
  if (reason !== undefined) throw new Error(`no S3 server: ${reason}`);
  const folder = await mkdtemp(join(tmpdir(), "tamis-bench-s3-"));
  const server = await startCeph(folder);
  try {
    useCredentials(server);
    const { bucket } = await plainBucket(server);
    return await work({ bucket, endpoint: server.endpoint, folder });
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
