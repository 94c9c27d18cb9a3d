import type { S3Client } from "@aws-sdk/client-s3";
import { type RetryOptions, retry, TamisError, throwIfAborted } from "@tamis/core";
import { s3Error } from "./s3-error.ts";
import type { S3Settings } from "./s3-settings.ts";

type S3Driver = typeof import("@aws-sdk/client-s3");

/** One bucket, as the operations on it need it. */
export interface S3Access {
  readonly driver: S3Driver;
  readonly client: S3Client;
  readonly settings: S3Settings;
  readonly bucket: string;
  /** The key in the bucket of an object's key, or of the beginning of one. */
  inBucket(key: string): string;
  /**
   * Does something with the client, again after a wait while the server cannot be reached or says it is busy.
   *
   * @throws what `s3Error` says; aborted when the signal fires
   */
  attempt<T>(
    subject: string,
    signal: AbortSignal | undefined,
    work: (options: { abortSignal?: AbortSignal }) => Promise<T>,
  ): Promise<T>;
}

/**
 * Waits of at least 11 s in all, so that a server that is restarted is not noticed: 0.1, 0.2, 0.4, 0.8, 1.6, 3.2 and
 * four times 4 s, each cut at random by at most a half.
 */
const patience: RetryOptions = {
  attempts: 11,
  baseMs: 100,
  capMs: 4000,
  random: () => 0.5 + Math.random() / 2,
};

/**
 * Loads the AWS client and prepares it for a bucket. No request is made.
 *
 * @throws configuration when the client is not installed
 */
export async function accessS3(settings: S3Settings): Promise<S3Access> {
  const driver = await loadDriver();
  const { bucket, prefix, endpoint, region, pathStyle = endpoint !== undefined } = settings;
  const client = new driver.S3Client({
    ...(endpoint !== undefined && { endpoint }),
    ...regionOf(endpoint, region),
    forcePathStyle: pathStyle,
    // Checksums in trailers, the client's default, are refused by many servers (411, 501) or stored as data.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    maxAttempts: 1,
    logger: silent,
    requestHandler: { connectionTimeout: 5000, socketTimeout: 60_000 },
  });
  return {
    driver,
    client,
    settings,
    bucket,
    inBucket: (key) => (prefix === undefined ? key : `${prefix}/${key}`),
    attempt(subject, signal, work) {
      const once = async () => {
        throwIfAborted(signal);
        try {
          return await work(signal === undefined ? {} : { abortSignal: signal });
        } catch (error) {
          throwIfAborted(signal);
          throw s3Error(error, settings, subject);
        }
      };
      return retry(once, { ...patience, ...(signal && { signal }) });
    },
  };
}

/** What goes wrong is thrown; a library does not print. */
const silent = { debug() {}, info() {}, warn() {}, error() {} };

function regionOf(endpoint: string | undefined, region: string | undefined): { region?: string } {
  if (region !== undefined) return { region };
  const known = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  return endpoint !== undefined && known === undefined ? { region: "us-east-1" } : {};
}

async function loadDriver(): Promise<S3Driver> {
  // Its notice that a later version of the client wants a later Node is not for the user of this one.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  try {
    return await import("@aws-sdk/client-s3");
  } catch (cause) {
    throw new TamisError(
      "configuration",
      "The S3 client is not installed. Install it with: npm install @aws-sdk/client-s3",
      { cause },
    );
  }
}
