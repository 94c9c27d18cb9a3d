import type { BucketLocationConstraint } from "@aws-sdk/client-s3";
import { isTamisError } from "@tamis/core";
import type { S3Access } from "./s3-access.ts";
import { isCalled } from "./s3-error.ts";

/** What a server says of an object that it was asked to encrypt: some take the request and say nothing. */
type Encryption = "confirmed" | "requested" | "off";

/** What `initS3` found or made. */
export interface BucketReport {
  readonly bucket: string;
  /** False when the bucket existed before; its settings are then its owner's and stay as they are. */
  readonly created: boolean;
  /** Former bytes of an object are kept when it is replaced or removed. */
  readonly versioning: boolean;
  /** Every put asks the server to encrypt the object (SSE-S3), unless `off`. */
  readonly encryption: Encryption;
  /** Parts of uploads that were never finished are removed after a day, former versions after 30. */
  readonly lifecycle: boolean;
}

/** At the root of a bucket that we made: what every put may rely on. */
interface Marker {
  readonly made_by: "tamis";
  readonly encryption: boolean;
}
const markerKey = ".tamis/bucket.json";

/** Days that a replaced or removed object can still be brought back. */
const keptDays = 30;

/**
 * Makes the bucket, with versioning, encryption and a lifecycle where the server has them. A bucket that exists is
 * left as it is.
 */
export async function makeBucket(s3: S3Access): Promise<BucketReport> {
  const { client, driver, bucket, attempt } = s3;
  const Bucket = bucket;
  const of = `bucket ${bucket}`;
  if (await bucketExists(s3)) {
    const { Status } = await attempt(of, undefined, () =>
      client.send(new driver.GetBucketVersioningCommand({ Bucket })),
    ).catch(() => ({ Status: undefined }));
    const encryption = (await readEncryption(s3)) ? await confirmEncryption(s3) : "off";
    return {
      bucket,
      created: false,
      versioning: Status === "Enabled",
      encryption,
      lifecycle: await hasLifecycle(s3),
    };
  }
  const region = await client.config.region();
  await attempt(of, undefined, () =>
    client.send(
      new driver.CreateBucketCommand({
        Bucket,
        ...(region !== "us-east-1" && {
          CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
        }),
      }),
    ),
  );
  const versioning = await isSupported(() =>
    attempt(of, undefined, () =>
      client.send(
        new driver.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }),
      ),
    ),
  );
  const lifecycle = await isSupported(() =>
    attempt(of, undefined, () =>
      client.send(
        new driver.PutBucketLifecycleConfigurationCommand({
          Bucket,
          LifecycleConfiguration: {
            Rules: [
              {
                ID: "tamis",
                Status: "Enabled",
                Filter: { Prefix: "" },
                AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
                ...(versioning && { NoncurrentVersionExpiration: { NoncurrentDays: keptDays } }),
              },
            ],
          },
        }),
      ),
    ),
  );
  const isAccepted = await isSupported(() => writeMarker(s3, true));
  if (!isAccepted) await writeMarker(s3, false);
  const encryption = isAccepted ? await confirmEncryption(s3) : "off";
  return { bucket, created: true, versioning, encryption, lifecycle };
}

/** Whether puts into this bucket ask for encryption: true only in one that we made, on a server that takes it. */
export async function readEncryption({ client, driver, bucket, attempt }: S3Access): Promise<boolean> {
  try {
    const { Body } = await attempt(`bucket ${bucket}`, undefined, () =>
      client.send(new driver.GetObjectCommand({ Bucket: bucket, Key: markerKey })),
    );
    const marker = JSON.parse((await Body?.transformToString()) ?? "{}") as Partial<Marker>;
    return marker.encryption === true;
  } catch (error) {
    // No marker, or not ours to read: then nothing is asked of the server.
    if (
      isTamisError(error) &&
      ["not_found", "forbidden"].includes(error.code) &&
      !isCalled(error, "NoSuchBucket")
    ) {
      return false;
    }
    throw error;
  }
}

async function writeMarker(
  { client, driver, bucket, attempt }: S3Access,
  encryption: boolean,
): Promise<void> {
  const marker: Marker = { made_by: "tamis", encryption };
  await attempt(`bucket ${bucket}`, undefined, () =>
    client.send(
      new driver.PutObjectCommand({
        Bucket: bucket,
        Key: markerKey,
        Body: JSON.stringify(marker),
        ContentType: "application/json",
        ...(encryption && { ServerSideEncryption: "AES256" }),
      }),
    ),
  );
}

async function confirmEncryption({ client, driver, bucket, attempt }: S3Access): Promise<Encryption> {
  const { ServerSideEncryption } = await attempt(`bucket ${bucket}`, undefined, () =>
    client.send(new driver.HeadObjectCommand({ Bucket: bucket, Key: markerKey })),
  );
  return ServerSideEncryption === undefined ? "requested" : "confirmed";
}

async function bucketExists({ client, driver, bucket, attempt }: S3Access): Promise<boolean> {
  try {
    await attempt(`bucket ${bucket}`, undefined, () =>
      // Not HEAD: its failures have no body, so nobody could say what is wrong.
      client.send(new driver.ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 })),
    );
    return true;
  } catch (error) {
    if (isCalled(error, "NoSuchBucket")) return false;
    throw error;
  }
}

async function hasLifecycle({ client, driver, bucket, attempt }: S3Access): Promise<boolean> {
  return await attempt(`bucket ${bucket}`, undefined, () =>
    client.send(new driver.GetBucketLifecycleConfigurationCommand({ Bucket: bucket })),
  ).then(
    ({ Rules = [] }) => Rules.some(({ AbortIncompleteMultipartUpload }) => AbortIncompleteMultipartUpload),
    () => false,
  );
}

/** False when the server refuses for a reason of its own; what may pass by itself, or is our fault, is thrown. */
async function isSupported(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (isTamisError(error) && ["unsupported", "configuration", "unavailable"].includes(error.code))
      return false;
    throw error;
  }
}
