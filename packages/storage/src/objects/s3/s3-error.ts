import { type ErrorCode, isTamisError, TamisError } from "@tamis/core";
import type { S3Settings } from "./s3-settings.ts";

/** What the AWS client throws, as far as it is looked at. */
interface NativeError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/**
 * Turns an error of the AWS client into a {@link TamisError} with the native error as its cause.
 *
 * @param subject - what was asked for: a key, or `bucket NAME`.
 */
export function s3Error(error: unknown, settings: S3Settings, subject: string): TamisError {
  if (isTamisError(error)) return error as TamisError;
  const native = error as NativeError;
  const [, code, remedy] =
    classes.find(([names]) => names.some((name) => isCalled(native, name))) ??
    byContent(native) ??
    byStatus(native);
  const details = {
    bucket: settings.bucket,
    ...(settings.endpoint !== undefined && { endpoint: settings.endpoint }),
  };
  const message = native.message === "UnknownError" ? "" : native.message?.trim();
  const said = `${native.code ?? native.name}${message ? `: ${message}` : ""}`;
  return new TamisError(code, `${subject}: ${remedy(settings, native)} (${said}).`, {
    details,
    cause: error,
  });
}

/** True when the error has this name, code or status. */
export function isCalled(error: unknown, name: string | number): boolean {
  const native = (isTamisError(error) ? error.cause : error) as NativeError | undefined;
  return native?.name === name || native?.code === name || native?.$metadata?.httpStatusCode === name;
}

type Remedy = (settings: S3Settings, error: NativeError) => string;
type Class = readonly [names: readonly string[], code: ErrorCode, remedy: Remedy];

const place = ({ endpoint }: S3Settings) => endpoint ?? "AWS";

/** Looked at in order, before the status. */
const classes: readonly Class[] = [
  [
    ["NoSuchBucket"],
    "not_found",
    ({ bucket, ...settings }) =>
      `there is no bucket ${bucket} at ${place({ bucket, ...settings })}; make it with: tamis lake init`,
  ],
  [["NoSuchKey", "NotFound"], "not_found", () => "there is no such object"],
  [
    ["InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "TokenRefreshRequired"],
    "unauthenticated",
    (settings) =>
      `${place(settings)} does not accept these credentials; check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile`,
  ],
  [
    ["CredentialsProviderError", "CredentialsError"],
    "unauthenticated",
    () => "no AWS credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile",
  ],
  [
    ["AccessDenied", "AllAccessDisabled", "AccountProblem"],
    "forbidden",
    ({ bucket }) => `these credentials may not do this in the bucket ${bucket}; ask its owner`,
  ],
  [
    ["RequestTimeTooSkewed"],
    "configuration",
    () => "the clock of this machine and the server's are too far apart; set the clock",
  ],
  [
    ["PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"],
    "configuration",
    ({ bucket, region }, { $response }) => {
      const right = $response?.headers?.["x-amz-bucket-region"];
      return `the bucket ${bucket} is not in the region ${region ?? "of this machine's AWS settings"}; give ${right ? `region=${right}` : "the right region=…"} in the URL`;
    },
  ],
  [
    ["InvalidLocationConstraint", "InvalidRegionName"],
    "configuration",
    (settings) =>
      `${place(settings)} knows no region ${settings.region ?? "of this machine's AWS settings"}; give the right region=… in the URL, or none for a server that is not AWS`,
  ],
  [
    ["QuotaExceeded", "InsufficientStorage", "EntityTooLarge"],
    "no_space",
    () => "the quota of the bucket is used up",
  ],
  [["NotImplemented", "MethodNotAllowed"], "unsupported", (settings) => `${place(settings)} cannot do this`],
  [
    ["ENOTFOUND", "ERR_INVALID_URL"],
    "configuration",
    (settings) => `${place(settings)} is not a known host; check the endpoint`,
  ],
  [
    ["EPROTO"],
    "configuration",
    (settings) =>
      `no TLS connection to ${place(settings)}; if the server has none, give http:// for https://`,
  ],
  [
    ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EAI_AGAIN"],
    "unavailable",
    (settings) => `nothing answers at ${place(settings)}; check the endpoint, or try again later`,
  ],
  [
    ["TimeoutError", "ETIMEDOUT"],
    "timeout",
    (settings) => `${place(settings)} did not answer in time; try again later`,
  ],
];

/** What is no answer of S3, or no answer at all. */
function byContent({ message, $response, $metadata }: NativeError): Class | undefined {
  if (message === "Region is missing") {
    return [
      [],
      "configuration",
      () =>
        "AWS wants a region; give region=… in the URL, set AWS_REGION, or give endpoint=… for another server",
    ];
  }
  const isPage = $response?.headers?.["content-type"]?.startsWith("text/html");
  if (!isPage || ($metadata?.httpStatusCode ?? 0) >= 500) return undefined;
  return [
    [],
    "configuration",
    (settings) => `${place(settings)} answers with a web page, not as an S3 server does; check the endpoint`,
  ];
}

function byStatus({ $metadata }: NativeError): Class {
  const status = $metadata?.httpStatusCode;
  if (status === 401) return [[], "unauthenticated", () => "the credentials were not accepted"];
  if (status === 403) return [[], "forbidden", () => "these credentials may not do this"];
  if (status === 404) return [[], "not_found", () => "there is no such bucket or object"];
  if (status === 409 || status === 412) return [[], "conflict", () => "it changed meanwhile"];
  if (status === 501) return [[], "unsupported", (settings) => `${place(settings)} cannot do this`];
  if (status === 507) return [[], "no_space", (settings) => `${place(settings)} is full`];
  if (status === 301)
    return [[], "configuration", () => "it is in another region; give the right region=… in the URL"];
  if (status === undefined || status >= 500 || status === 429 || status === 408 || status === 200) {
    return [[], "unavailable", (settings) => `${place(settings)} broke off; try again later`];
  }
  return [[], "configuration", (settings) => `${place(settings)} refused the request`];
}
