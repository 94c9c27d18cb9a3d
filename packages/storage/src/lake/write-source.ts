import type { LocalObjectStore } from "@tamis/core";
import { describeFile } from "./describe-file.ts";
import type { SourceDigest } from "./digest-source.ts";
import type { ImportSource } from "./import-source.ts";
import type { RatingStage } from "./rating-stage.ts";
import { findSourceManifest, formatSourceManifest, type RawFile } from "./source-manifest.ts";
import { zones } from "./zones.ts";

export interface NewSource {
  readonly source: ImportSource;
  readonly digests: SourceDigest;
  /** Ratings that were accepted. */
  readonly rows: number;
  /** Id of the import. */
  readonly run: string;
  readonly createdAt: Date;
  /** Told the key of each object before it is written, so that a failure can remove it. */
  readonly onNew: (key: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Fulfilled when the raw files are in their place; the manifest waits for it. */
  readonly landed: Promise<void>;
}

/**
 * Writes what an import read into the processed zone: `lines.parquet` (`first_row`, `first_line`), one row a run of
 * accepted lines that follow each other, in the order of the file, rows counted from 0 before duplicates are
 * resolved; last the manifest. With them any row of a snapshot is found in the raw bytes again; the rows
 * themselves are not stored twice. A source that is there already is not written again.
 */
export async function writeSource(
  objects: LocalObjectStore,
  stage: RatingStage,
  { source, digests, rows, run, createdAt, onNew, signal, landed }: NewSource,
): Promise<void> {
  if (await findSourceManifest(objects, digests.source)) return;
  const options = signal ? { signal } : {};
  const written = await stage.writeParquet(
    `SELECT CAST(first_row AS BIGINT) - ${stage.formerRows} AS first_row, first_line FROM line_runs`,
    "lines.parquet",
  );
  const { path, ...lines } = await describeFile("lines.parquet", written);
  const key = zones.processed(digests.source, lines.name);
  onNew(key);
  await objects.putFile(key, path, { sha256: lines.sha256, signal });
  const manifest = {
    digest: digests.source,
    source: source.name,
    layout: source.layout,
    settings: source.settings,
    rows,
    raw: rawFiles(source, digests),
    files: [lines],
    run,
    createdAt,
  };
  await landed;
  const manifestKey = zones.processed(digests.source, "manifest.json");
  onNew(manifestKey);
  await objects.put(manifestKey, Buffer.from(formatSourceManifest(manifest)), options);
}

function rawFiles(source: ImportSource, digests: SourceDigest): RawFile[] {
  return Object.entries(source.files).map(([role, { name, bytes }]) => {
    const sha256 = digests.files[role]!;
    return { role, name, key: zones.raw(source.name, sha256, name), sha256, bytes };
  });
}
