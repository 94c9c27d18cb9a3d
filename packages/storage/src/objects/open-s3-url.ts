import { createHash } from "node:crypto";
import { join } from "node:path";
import type { LocalObjectStore } from "@tamis/core";
import { cachedObjects } from "./cache/cached.ts";
import { openS3 } from "./s3/s3.ts";
import { parseS3Url } from "./s3/s3-settings.ts";

/**
 * Opens what an `s3:` URL names, with copies in `cache` of the data dir.
 *
 * @throws configuration
 */
export async function openS3Url(url: string, dataDir: string): Promise<LocalObjectStore> {
  const { cacheTtlMs, cacheBytes, ...settings } = parseS3Url(url);
  const { endpoint = "", bucket, prefix = "" } = settings;
  const place = createHash("sha256")
    .update(JSON.stringify([endpoint, bucket, prefix]))
    .digest("hex");
  const path = join(dataDir, "cache", `s3-${place.slice(0, 16)}`);
  return await cachedObjects(await openS3({ ...settings, scratch: join(path, ".tmp") }), {
    path,
    ...(cacheTtlMs !== undefined && { ttlMs: cacheTtlMs }),
    ...(cacheBytes !== undefined && { maxBytes: cacheBytes }),
  });
}
