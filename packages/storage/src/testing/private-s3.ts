import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { S3Settings } from "../objects/s3/s3-settings.ts";
import { type Ceph, startCeph } from "./ceph.ts";
import { plainBucket, useCredentials } from "./plain-bucket.ts";

/** A server of this test alone, which it may stop and start, with a bucket in it; gone when the test ends. */
export async function privateS3(): Promise<{ server: Ceph; settings: S3Settings }> {
  const folder = await mkdtemp(join(tmpdir(), "tamis-test-s3-"));
  const server = await startCeph(folder);
  onTestFinished(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  useCredentials(server);
  return { server, settings: await plainBucket(server) };
}
