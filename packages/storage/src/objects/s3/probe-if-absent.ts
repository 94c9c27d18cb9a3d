import { randomUUID } from "node:crypto";
import type { S3Access } from "./s3-access.ts";
import { isCalled } from "./s3-error.ts";

/**
 * Finds out whether the server honours `If-None-Match: *` of a put, by two puts of one name: some ignore it and
 * overwrite, some answer 501.
 */
export async function probeIfAbsent(s3: S3Access): Promise<boolean> {
  const { client, driver, bucket, inBucket, attempt } = s3;
  const target = { Bucket: bucket, Key: inBucket(`.tmp/probe-${randomUUID()}`) };
  const put = async (): Promise<number> => {
    try {
      await attempt("a probe of conditional writes", undefined, () =>
        client.send(new driver.PutObjectCommand({ ...target, Body: "probe", IfNoneMatch: "*" })),
      );
      return 200;
    } catch (error) {
      const refusal = [412, 501, 400, 411].find((status) => isCalled(error, status));
      if (refusal === undefined) throw error;
      return refusal;
    }
  };
  try {
    return (await put()) === 200 && (await put()) === 412;
  } finally {
    await attempt("a probe of conditional writes", undefined, () =>
      client.send(new driver.DeleteObjectCommand(target)),
    );
  }
}
