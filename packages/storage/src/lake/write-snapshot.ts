import { createReadStream } from "node:fs";
import { type Item, type ObjectStore, type Scale, throwIfAborted } from "@tamis/core";
import { describeFile } from "./describe-file.ts";
import { storedId } from "./id-kinds.ts";
import { formatManifest, type SnapshotFile, type SnapshotManifest, snapshotDigest } from "./manifest.ts";
import type { StageCounts } from "./pair-watch.ts";
import type { RatingStage } from "./rating-stage.ts";
import { findManifest } from "./snapshot.ts";
import { zones } from "./zones.ts";

export interface NewSnapshot {
  readonly counts: StageCounts;
  /** Fulfilled when the raw files have landed; the manifest waits for it. */
  readonly landed: Promise<void>;
  readonly scale: Scale;
  readonly source: { readonly name: string; readonly digest: string };
  readonly parent: string | null;
  /** Id of the import. */
  readonly run: string;
  readonly createdAt: Date;
  /** Told the key of each object before it is written, so that a failure can remove it. */
  readonly onNew: (key: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes the rows of a stage into the files of a snapshot: `ratings.parquet` (`user_id`, `item_id` BIGINT, or VARCHAR
 * when some id is a text; `rating` DOUBLE; `rated_at` BIGINT or NULL; in the order of the file), and `items.parquet`
 * when items are known.
 *
 * @returns where they are, by name.
 */
export async function writeSnapshotFiles(
  stage: RatingStage,
  items: readonly Item[],
): Promise<ReadonlyMap<string, string>> {
  const ratings = await stage.writeParquet(
    `SELECT ${storedId("user_id", stage.kinds.user)} AS user_id, ${storedId("item_id", stage.kinds.item)} AS item_id,
      rating, CASE WHEN isnan(rated_at) THEN NULL ELSE CAST(rated_at AS BIGINT) END AS rated_at
    FROM rows`,
    "ratings.parquet",
  );
  const paths = new Map([["ratings.parquet", ratings]]);
  if (items.length > 0) paths.set("items.parquet", await writeItems(stage, items));
  return paths;
}

/** Makes such files a snapshot, its manifest last. Content that is there already is not written again. */
export async function publishSnapshot(
  objects: ObjectStore,
  paths: ReadonlyMap<string, string>,
  snapshot: NewSnapshot,
): Promise<SnapshotManifest> {
  const { counts, landed, scale, source, parent, run, createdAt, onNew, signal } = snapshot;
  const files: SnapshotFile[] = [];
  for (const [name, path] of paths) files.push(await describeFile(name, path));
  const digest = snapshotDigest(scale, files);
  const existing = await findManifest(objects, digest);
  if (existing) return existing;
  const options = signal ? { signal } : {};
  for (const { name, sha256 } of files) {
    const key = zones.curated(digest, name);
    onNew(key);
    await objects.put(key, createReadStream(paths.get(name)!, { highWaterMark: 1 << 20 }), {
      sha256,
      ...options,
    });
  }
  await landed;
  throwIfAborted(signal);
  const manifest: SnapshotManifest = {
    digest,
    ...counts,
    scale,
    source,
    parent,
    run,
    createdAt,
    files,
  };
  const key = zones.curated(digest, "manifest.json");
  onNew(key);
  await objects.put(key, Buffer.from(formatManifest(manifest)), options);
  return manifest;
}

/** Separates genres on their way into a list; no text from a file holds it. */
const unitSeparator = "\u001f";

async function writeItems(stage: RatingStage, items: readonly Item[]): Promise<string> {
  const numeric = items.every(({ itemId }) => typeof itemId === "number");
  await stage.createTable("items", {
    item_id: { type: "VARCHAR", values: items.map(({ itemId }) => String(itemId)) },
    title: { type: "VARCHAR", values: items.map(({ title }) => title) },
    year: { type: "DOUBLE", values: Float64Array.from(items, ({ year }) => year ?? Number.NaN) },
    genres: { type: "VARCHAR", values: items.map(({ genres }) => genres.join(unitSeparator)) },
  });
  return await stage.writeParquet(
    `SELECT ${numeric ? "CAST(item_id AS BIGINT) AS item_id" : "item_id"}, title,
      CASE WHEN isnan(year) THEN NULL ELSE CAST(year AS INTEGER) END AS year,
      CASE WHEN genres = '' THEN [] ELSE string_split(genres, chr(31)) END AS genres
    FROM items`,
    "items.parquet",
  );
}
