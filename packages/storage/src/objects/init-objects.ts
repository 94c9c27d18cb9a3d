import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { TamisError } from "@tamis/core";
import { openFolder } from "./folder/folder.ts";
import { initS3 } from "./s3/s3.ts";
import { parseS3Url } from "./s3/s3-settings.ts";

/** What stands ready for objects, as far as the place itself confirmed it. */
export interface ObjectsReport {
  readonly kind: "folder" | "s3";
  /** The folder or the bucket. */
  readonly place: string;
  /** False when it was there before: then its settings are its owner's and stayed as they are. */
  readonly created: boolean;
  /** The bytes of a replaced or removed object can still be brought back. */
  readonly versioning: boolean;
  /** Each object is stored with the request to encrypt it (SSE-S3), unless `off`; whether the server says it does. */
  readonly encryption: "confirmed" | "requested" | "off";
  /** What killed processes leave is removed by itself after a day. */
  readonly cleaning: boolean;
  /** Of several writers that store only if absent, exactly one succeeds. */
  readonly ifAbsent: boolean;
}

/**
 * Makes the place of an objects URL when it is not there yet: a folder, or a bucket with versioning, encryption and
 * a lifecycle where the server has them.
 *
 * @throws configuration, unauthenticated, forbidden, unavailable
 */
export async function initObjects(url: string): Promise<ObjectsReport> {
  const [, scheme, path = ""] = /^(file|s3):(.+)$/s.exec(url) ?? [];
  if (scheme === "s3") {
    const { bucket, lifecycle, ...report } = await initS3(parseS3Url(url));
    return { kind: "s3", place: bucket, cleaning: lifecycle, ...report };
  }
  if (scheme !== "file") {
    throw new TamisError("configuration", "objects: give file:PATH or s3://BUCKET/PREFIX.", {
      details: { setting: "objects" },
    });
  }
  const place = resolve(path);
  const created = await access(place).then(
    () => false,
    () => true,
  );
  await openFolder({ path });
  return {
    kind: "folder",
    place,
    created,
    versioning: false,
    encryption: "off",
    cleaning: true,
    ifAbsent: true,
  };
}
