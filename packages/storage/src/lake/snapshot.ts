import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import {
  type Item,
  type LocalObjectStore,
  type ObjectStore,
  type RatingTable,
  TamisError,
} from "@tamis/core";
import type { Tamis } from "../open.ts";
import { currentSnapshot } from "../sql/snapshots.ts";
import { parseManifest, type SnapshotFile, type SnapshotManifest } from "./manifest.ts";
import { readRatings } from "./read-ratings.ts";
import { readText } from "./read-text.ts";
import { zones } from "./zones.ts";

/** A snapshot, read whole. */
export interface Snapshot {
  readonly manifest: SnapshotManifest;
  readonly table: RatingTable;
}

/**
 * Reads the ratings of a snapshot, in the order of its file, after checking its bytes.
 *
 * @param digest - 64 hexadecimal digits, or `current` for the data set of the data dir.
 * @throws not_found when there is none; corrupt_data when an object is missing or its bytes are not those written
 */
export async function readSnapshot(tamis: Tamis, digest: string | "current"): Promise<Snapshot> {
  const manifest =
    digest === "current" ? await currentManifest(tamis) : await findManifest(tamis.objects, digest);
  if (!manifest) {
    throw new TamisError(
      "not_found",
      digest === "current"
        ? "There is no data set yet. Import one with: tamis import ratings FILE, or tamis import movielens FOLDER"
        : `There is no snapshot ${digest}.`,
    );
  }
  const file = manifest.files.find(({ name }) => name === "ratings.parquet");
  if (!file) throw corrupt(zones.curated(manifest.digest, "manifest.json"), "names no ratings.parquet");
  const path = await verifiedPath(tamis.objects, manifest.digest, file);
  const table = await readRatings(tamis.warehouse, path, manifest);
  if (table.length === manifest.rows) return { manifest, table };
  const problem = `holds ${table.length} rows instead of ${manifest.rows}`;
  throw corrupt(zones.curated(manifest.digest, file.name), problem);
}

/** The manifest of the current data set, `undefined` before the first import. */
export async function currentManifest(tamis: Tamis): Promise<SnapshotManifest | undefined> {
  const current = await currentSnapshot(tamis.records);
  if (!current) return undefined;
  const manifest = await findManifest(tamis.objects, current.digest);
  if (!manifest) throw corrupt(current.manifestKey, "is missing");
  return manifest;
}

/** The manifest of a snapshot, `undefined` when there is none: then the snapshot does not exist. */
export async function findManifest(
  objects: ObjectStore,
  digest: string,
): Promise<SnapshotManifest | undefined> {
  if (!/^[0-9a-f]{64}$/.test(digest)) return undefined;
  const key = zones.curated(digest, "manifest.json");
  const text = await readText(objects, key);
  if (text === undefined) return undefined;
  const manifest = parseManifest(text, key);
  if (manifest.digest !== digest) throw corrupt(key, "is the manifest of another snapshot");
  return manifest;
}

/** The items a snapshot knows, in their order; empty when its source had none. */
export async function readSnapshotItems(tamis: Tamis, manifest: SnapshotManifest): Promise<Item[]> {
  const file = manifest.files.find(({ name }) => name === "items.parquet");
  if (!file) return [];
  const path = await verifiedPath(tamis.objects, manifest.digest, file);
  return await tamis.warehouse.query<Item>(
    `SELECT item_id AS "itemId", title, year, genres FROM read_parquet($path)`,
    { path },
  );
}

/** A local file with the bytes of a snapshot's file, after checking them. */
export async function verifiedPath(
  objects: LocalObjectStore,
  digest: string,
  file: SnapshotFile,
): Promise<string> {
  const key = zones.curated(digest, file.name);
  const path = await objects.localPath(key).catch((cause) => {
    throw corrupt(key, "is missing", cause);
  });
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  if (hash.digest("hex") !== file.sha256) throw corrupt(key, "does not match the checksum in its manifest");
  return path;
}

function corrupt(key: string, problem: string, cause?: unknown): TamisError {
  return new TamisError(
    "corrupt_data",
    `The object ${key} ${problem}. Restore it from a backup, or remove the snapshot and import again.`,
    { details: { key }, cause },
  );
}
