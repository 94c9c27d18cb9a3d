import { type Item, type LocalObjectStore, type Scale, throwIfAborted } from "@tamis/core";
import { describeFile, type WrittenFile } from "./describe-file.ts";
import { storedId } from "./id-kinds.ts";
import { formatManifest, type SnapshotManifest, snapshotDigest } from "./manifest.ts";
import type { StageCounts } from "./pair-watch.ts";
import type { RatingStage } from "./rating-stage.ts";
import { findManifest } from "./snapshot.ts";
import { zones } from "./zones.ts";

export interface NewSnapshot {
  readonly counts: StageCounts;
  /** Fulfilled when the raw files are in their place; the manifest waits for it. */
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
 */
export async function writeSnapshotFiles(
  stage: RatingStage,
  items: readonly Item[],
): Promise<readonly WrittenFile[]> {
  const ratings = await stage.writeParquet(
    `SELECT ${storedId("user_id", stage.kinds.user)} AS user_id, ${storedId("item_id", stage.kinds.item)} AS item_id,
      rating, CASE WHEN isnan(rated_at) THEN NULL ELSE CAST(rated_at AS BIGINT) END AS rated_at
    FROM rows`,
    "ratings.parquet",
  );
  const files = [await describeFile("ratings.parquet", ratings)];
  if (items.length > 0) files.push(await describeFile("items.parquet", await writeItems(stage, items)));
  return files;
}

/** Makes such files a snapshot, its manifest last. Content that is there already is not written again. */
export async function publishSnapshot(
  objects: LocalObjectStore,
  written: readonly WrittenFile[],
  snapshot: NewSnapshot,
): Promise<SnapshotManifest> {
  const { counts, landed, scale, source, parent, run, createdAt, onNew, signal } = snapshot;
  const files = written.map(({ path: _, ...file }) => file);
  const digest = snapshotDigest(scale, files);
  const existing = await findManifest(objects, digest);
  if (existing) return existing;
  const options = signal ? { signal } : {};
  for (const { name, path, sha256 } of written) {
    const key = zones.curated(digest, name);
    onNew(key);
    await objects.putFile(key, path, { sha256, signal });
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
