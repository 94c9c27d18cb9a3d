import type { Tamis } from "../open.ts";
import { type ImportOutcome, listImportsOf } from "../sql/imports.ts";
import { currentSnapshot } from "../sql/snapshots.ts";
import { digestSource, type ReadingOptions } from "./digest-source.ts";
import type { ImportSource } from "./import-source.ts";
import { findManifest } from "./snapshot.ts";
import { findSourceManifest } from "./source-manifest.ts";

/**
 * The finished import of the same bytes, when its snapshot is the data set still. The source is read for it only
 * when an import of files of the same sizes has made the data set.
 */
export async function findUnchanged(
  tamis: Tamis,
  source: ImportSource,
  append: boolean,
  options: ReadingOptions,
): Promise<(ImportOutcome & { readonly importId: string }) | undefined> {
  const current = await currentSnapshot(tamis.records);
  if (!current || !(await findManifest(tamis.objects, current.digest))) return undefined;
  const formers = await listImportsOf(tamis.records, current.digest);
  const alike = await Promise.all(formers.map(({ sourceDigest }) => mayBe(tamis, source, sourceDigest)));
  if (!alike.includes(true)) return undefined;
  const digests = await digestSource(source, append, options);
  const former = formers.find(({ sourceDigest }) => sourceDigest === digests.source);
  return former?.outcome ? { importId: former.importId, ...former.outcome } : undefined;
}

/** False when a source is not the one of the digest for certain: its files have other sizes. */
async function mayBe({ objects }: Tamis, { files }: ImportSource, sourceDigest: string): Promise<boolean> {
  const manifest = await findSourceManifest(objects, sourceDigest);
  if (!manifest) return true; // of an early version
  const { raw } = manifest;
  return (
    raw.length === Object.keys(files).length && raw.every(({ role, bytes }) => files[role]?.bytes === bytes)
  );
}
