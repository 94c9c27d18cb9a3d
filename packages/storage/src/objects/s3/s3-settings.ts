import { TamisError } from "@tamis/core";
import { checkObjectKey } from "../object-key.ts";

/** Where objects are on S3. There are no credentials here: they come from where every AWS client looks. */
export interface S3Settings {
  readonly bucket: string;
  /** Beginning of every key, without a `/` at its end. @default none */
  readonly prefix?: string;
  /** Address of a server that is not AWS: Ceph, Garage, MinIO, Swift… `http://` is allowed. @default AWS */
  readonly endpoint?: string;
  /** @default what AWS clients use (`AWS_REGION`, profile), `us-east-1` with an endpoint of one's own */
  readonly region?: string;
  /** `http://host/bucket/key` instead of `http://bucket.host/key`. @default true with an endpoint of one's own */
  readonly pathStyle?: boolean;
}

/** What an `s3:` URL says: where the objects are, and how much of them is kept near. */
export interface S3Url extends S3Settings {
  /** How long a copy of an object that may change is used without asking, in ms. */
  readonly cacheTtlMs?: number;
  /** How much of the disk copies may take, in bytes. */
  readonly cacheBytes?: number;
}

/**
 * Understands `s3://bucket/prefix?endpoint=…&region=…&path_style=…&cache_ttl=…&cache_size=…`.
 *
 * `cache_ttl` is a number with `s`, `m`, `h` or `d`; `cache_size` one with `MB` or `GB`. The message of an error
 * never repeats the URL, which may hold a secret that does not belong there.
 *
 * @throws configuration
 */
export function parseS3Url(text: string): S3Url {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "s3:" || url.port !== "" || url.hash !== "") throw wrong(`it is not ${form}`);
  if (url.username !== "" || url.password !== "") throw wrong(noSecrets);
  const unknown = [...url.searchParams.keys()].find((name) => !parameters.includes(name));
  if (unknown !== undefined) {
    throw wrong(
      /key|secret|token|password|credential/i.test(unknown)
        ? noSecrets
        : `“${unknown}” is not one of ${parameters.join(", ")}`,
    );
  }
  const given = (name: string) => url.searchParams.get(name) ?? undefined;
  return {
    bucket: checkBucket(url.hostname),
    ...present("prefix", url.pathname.slice(1), checkPrefix),
    ...present("endpoint", given("endpoint"), checkEndpoint),
    ...present("region", given("region"), String),
    ...present("pathStyle", given("path_style"), readBoolean),
    ...present("cacheTtlMs", given("cache_ttl"), readDuration),
    ...present("cacheBytes", given("cache_size"), readSize),
  };
}

const parameters = ["endpoint", "region", "path_style", "cache_ttl", "cache_size"];
const form = "s3://BUCKET/PREFIX?endpoint=URL&region=NAME&path_style=true";
const noSecrets =
  "it must hold no credentials: give them as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or the role of the machine";

function wrong(why: string): TamisError {
  return new TamisError("configuration", `The s3: URL cannot be used: ${why}.`, {
    details: { setting: "objects" },
  });
}

function present<Name extends string, Value>(
  name: Name,
  text: string | undefined,
  read: (text: string) => Value,
): { readonly [name in Name]?: Value } {
  return text === undefined || text === "" ? {} : ({ [name]: read(text) } as { [name in Name]: Value });
}

function checkBucket(name: string): string {
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) return name;
  throw wrong("a bucket's name has 3 to 63 lower-case letters, digits, “.” and “-”");
}

/** Longest prefix, in bytes of UTF-8: S3 takes keys of 1024, an object's own may have 900. */
const maxPrefixBytes = 120;

function checkPrefix(path: string): string {
  let prefix: string;
  try {
    prefix = decodeURIComponent(path.replace(/\/$/, ""));
    checkObjectKey(prefix);
  } catch (cause) {
    throw wrong(`its prefix is no part of a key (${(cause as Error).message})`);
  }
  if (Buffer.byteLength(prefix) > maxPrefixBytes)
    throw wrong(`its prefix has more than ${maxPrefixBytes} bytes`);
  return prefix;
}

function checkEndpoint(text: string): string {
  const endpoint = URL.canParse(text) ? new URL(text) : undefined;
  if (endpoint === undefined || !/^https?:$/.test(endpoint.protocol)) {
    throw wrong("endpoint is not an http:// or https:// address");
  }
  if (endpoint.username !== "" || endpoint.password !== "") throw wrong(noSecrets);
  return text;
}

function readBoolean(text: string): boolean {
  if (text === "true" || text === "false") return text === "true";
  throw wrong("path_style is neither true nor false");
}

const milliseconds: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function readDuration(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count === undefined) throw wrong("cache_ttl is not a whole number with s, m, h or d");
  return Number(count) * milliseconds[unit!]!;
}

function readSize(text: string): number {
  const [, count, unit] = /^(\d{1,9})([MG]B)$/.exec(text) ?? [];
  if (count === undefined) throw wrong("cache_size is not a whole number with MB or GB");
  return Number(count) * (unit === "MB" ? 1e6 : 1e9);
}
