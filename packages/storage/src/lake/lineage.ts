import { type ModelVersion, TamisError } from "@tamis/core";
import type { Tamis } from "../open.ts";
import type { SnapshotManifest } from "./manifest.ts";
import { findManifest } from "./snapshot.ts";
import { findSourceManifest, type SourceManifest } from "./source-manifest.ts";

/** One snapshot on the way back to the raw bytes. */
export interface LineageStep {
  readonly snapshot: SnapshotManifest;
  /** What was read for it, `undefined` when an early version imported it. */
  readonly source: SourceManifest | undefined;
}

/** Where a model or a snapshot comes from. */
export interface Lineage {
  readonly model: ModelVersion | undefined;
  /** The snapshot itself, then that it was added to, and so on to the first. */
  readonly steps: readonly LineageStep[];
}

/**
 * The way from a model version, or a snapshot, back to the raw files with their digests.
 *
 * @param from - a model version, or the digest of a snapshot: 64 hexadecimal digits, or at least 8 when one has it.
 * @throws not_found when there is no such snapshot, or one on the way is gone
 * @throws invalid_input when several snapshots begin with these digits
 */
export async function lineage(tamis: Tamis, from: ModelVersion | string): Promise<Lineage> {
  const model = typeof from === "string" ? undefined : from;
  const steps: LineageStep[] = [];
  let digest: string | null = model ? model.snapshot : await wholeDigest(tamis, from as string);
  while (digest !== null) {
    const snapshot: SnapshotManifest | undefined = await findManifest(tamis.objects, digest);
    if (!snapshot) throw notFound(digest);
    steps.push({ snapshot, source: await findSourceManifest(tamis.objects, snapshot.source.digest) });
    digest = snapshot.parent;
  }
  return { model, steps };
}

async function wholeDigest({ records }: Tamis, start: string): Promise<string> {
  if (/^[0-9a-f]{64}$/.test(start)) return start;
  if (!/^[0-9a-f]{8,63}$/.test(start)) throw notFound(start);
  const found = await records
    .selectFrom("snapshots")
    .select("digest")
    .where("digest", "like", `${start}%`)
    .limit(2)
    .execute();
  if (found.length > 1) {
    throw new TamisError(
      "invalid_input",
      `Several snapshots begin with ${start}: give more digits of the one you mean.`,
    );
  }
  if (found.length === 0) throw notFound(start);
  return found[0]!.digest;
}

function notFound(digest: string): TamisError {
  return new TamisError(
    "not_found",
    `There is no snapshot ${digest}. List the snapshots with: tamis lake list`,
  );
}
