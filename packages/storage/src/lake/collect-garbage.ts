import type { ListedObject } from "@tamis/core";
import type { Tamis } from "../open.ts";
import { withLock } from "../sql/lock.ts";
import { parseManifest, type SnapshotManifest } from "./manifest.ts";
import { readText } from "./read-text.ts";
import { findSourceManifest } from "./source-manifest.ts";
import { zones } from "./zones.ts";

export interface CollectGarbageOptions {
  /** Only find out what would be removed. @default false */
  readonly dryRun?: boolean | undefined;
  /** Objects younger than so many seconds stay: they may be those of a writer in flight. @default 86,400, a day */
  readonly graceSeconds?: number | undefined;
  readonly now?: (() => Date) | undefined;
}

export interface Garbage {
  readonly objects: readonly Pick<ListedObject, "key" | "bytes">[];
  readonly bytes: number;
  /** False when it was a dry run. */
  readonly removed: boolean;
}

/**
 * Removes the objects of the lake and of models that nothing refers to: what killed imports and trainings left.
 *
 * What stays: each file that the manifest of a snapshot or source names, and these manifests; the raw files of
 * sources that have no manifest, being of an early version; the files of model versions and of runs that are
 * known; everything young; everything outside `raw/`, `processed/`, `curated/` and `models/`. In a bucket with
 * versions the removed ones are kept as former versions, as long as its lifecycle says.
 *
 * @throws conflict while an import is running
 */
export async function collectGarbage(tamis: Tamis, options: CollectGarbageOptions = {}): Promise<Garbage> {
  const { dryRun = false, graceSeconds = 86_400, now = () => new Date() } = options;
  return await withLock(tamis.records, "import", async () => {
    const newest = now().getTime() - graceSeconds * 1000;
    const isReferenced = await references(tamis);
    const objects: ListedObject[] = [];
    for (const prefix of ["curated/", "models/", "processed/", "raw/"]) {
      for await (const object of tamis.objects.list(prefix)) {
        if (object.modifiedAt.getTime() <= newest && !isReferenced(object.key)) objects.push(object);
      }
    }
    if (!dryRun) for (const { key } of objects) await tamis.objects.remove(key);
    const bytes = objects.reduce((sum, object) => sum + object.bytes, 0);
    return {
      objects: objects.map(({ key, bytes: size }) => ({ key, bytes: size })),
      bytes,
      removed: !dryRun,
    };
  });
}

/** Reads all that can refer to an object. */
async function references({ objects, records }: Tamis): Promise<(key: string) => boolean> {
  const keys = new Set<string>();
  const prefixes = new Set<string>();
  const sources = new Map<string, SnapshotManifest["source"]>();
  for await (const { key } of objects.list("curated/")) {
    if (!key.endsWith("/manifest.json")) continue;
    const { digest, files, source } = parseManifest((await readText(objects, key)) ?? "", key);
    keys.add(key);
    for (const { name } of files) keys.add(zones.curated(digest, name));
    sources.set(source.digest, source);
  }
  const processed = new Set<string>();
  for await (const { key } of objects.list("processed/")) {
    const digest = /^processed\/ratings\/([^/]+)\/manifest\.json$/.exec(key)?.[1];
    if (!digest) continue;
    const manifest = (await findSourceManifest(objects, digest))!;
    processed.add(digest);
    keys.add(key);
    for (const { name } of manifest.files) keys.add(zones.processed(digest, name));
    for (const raw of manifest.raw) keys.add(raw.key);
  }
  for (const { digest, name } of sources.values()) {
    if (processed.has(digest)) continue;
    prefixes.add(zones.rawFolder(name));
    prefixes.add(zones.processed(digest, ""));
  }
  const versions = await records
    .selectFrom("model_versions")
    .select(["model", "run_id", "object_key"])
    .execute();
  for (const { model, run_id, object_key } of versions) {
    keys.add(object_key);
    prefixes.add(object_key.slice(0, object_key.lastIndexOf("/") + 1));
    prefixes.add(`models/${model}/${run_id}/`);
  }
  const runs = await records.selectFrom("runs").select("id").execute();
  const runIds = new Set(runs.map(({ id }) => id));
  return (key) =>
    keys.has(key) ||
    [...prefixes].some((prefix) => key.startsWith(prefix)) ||
    (key.startsWith("models/") && key.split("/").some((segment) => runIds.has(segment)));
}
