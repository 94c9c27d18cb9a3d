import { randomBytes, randomUUID } from "node:crypto";
import { getS3 } from "./get-s3.ts";
import { putStaged } from "./put-staged.ts";
import { removeVersion } from "./remove-version.ts";
import type { S3Access } from "./s3-access.ts";

/** The least that S3 takes as a part that is not the last, in bytes. */
const minPartBytes = 5_242_880;

/**
 * Finds out whether an object can be staged (`putStaged`), by doing it with the smallest one that has two parts: some
 * servers copy nothing, some keep the former metadata, some lose the key of what they encrypted.
 */
export async function probeStaging(s3: S3Access, encrypt: boolean): Promise<boolean> {
  // Ceph 16 ends when it is asked to copy a part of an object with a “%” in its name.
  if (s3.inBucket("").includes("%")) return false;
  const key = `.tmp/probe-${randomUUID()}`;
  const parts = [Buffer.alloc(minPartBytes, randomBytes(1024)), randomBytes(1024)];
  const start = minPartBytes - 1024;
  const Key = s3.inBucket(key);
  try {
    const { sha256 } = await putStaged(s3, key, stream(parts), { encrypt, partBytes: minPartBytes });
    const { Metadata } = await s3.attempt(key, undefined, () =>
      s3.client.send(new s3.driver.HeadObjectCommand({ Bucket: s3.bucket, Key })),
    );
    const seam: Uint8Array[] = [];
    for await (const chunk of (await getS3(s3, key, { range: { start, length: 2048 } })) ?? []) {
      seam.push(chunk);
    }
    return Metadata?.sha256 === sha256 && Buffer.concat(seam).equals(Buffer.concat(parts).subarray(start));
  } catch {
    return false;
  } finally {
    await removeVersion(s3, Key).catch(() => {});
  }
}

async function* stream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
