import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { isTamisError, type RejectReason, throwIfAborted } from "@tamis/core";
import { type ReadingThread, readingThread } from "../load/reading-thread.ts";
import type { Tamis } from "../open.ts";
import {
  beginImport,
  failImport,
  finishImport,
  type ImportOutcome,
  identifyImport,
  listImports,
} from "../sql/imports.ts";
import { withLock } from "../sql/lock.ts";
import type { Records } from "../sql/schema.ts";
import { addSnapshot, makeCurrent } from "../sql/snapshots.ts";
import { writeTransaction } from "../sql/write-transaction.ts";
import { createScratch } from "../warehouse/create-scratch.ts";
import type { ReadingOptions } from "./digest-source.ts";
import { findUnchanged } from "./find-unchanged.ts";
import type { ImportOptions, ImportResult } from "./import-options.ts";
import type { ImportSource } from "./import-source.ts";
import { type Landing, landFiles } from "./land.ts";
import type { SnapshotManifest } from "./manifest.ts";
import { serveSnapshot } from "./serve-snapshot.ts";
import { servedRatings } from "./served-ratings.ts";
import { currentManifest } from "./snapshot.ts";
import { addRejectsOf, rejectCounts } from "./stage-rejects.ts";
import { stageSource } from "./stage-source.ts";
import { publishSnapshot, writeSnapshotFiles } from "./write-snapshot.ts";
import { writeSource } from "./write-source.ts";
import { zones } from "./zones.ts";

/**
 * The one way into the data dir: land, read and check, resolve duplicates, snapshot, serve.
 *
 * What the world sees changes once, at the end, in one transaction of the records: serving tables, rejects,
 * ledger and current snapshot. Until then there are only objects nobody refers to; they are removed when the
 * import fails or is cancelled, and taken up again when it was killed and is run once more.
 *
 * @throws conflict, data_load, aborted, no_space
 */
export async function runImport(
  tamis: Tamis,
  source: ImportSource,
  options: ImportOptions,
): Promise<ImportResult> {
  const { append = false, now = () => new Date() } = options;
  const started = now().getTime();
  // Started now, it is ready when the files are copied.
  const thread = source.files.ratings!.bytes < worthAThread ? undefined : readingThread();
  const importing = withLock(tamis.records, "import", async () => {
    const done = await findUnchanged(tamis, source, append, landingProgress(source, options));
    const seconds = () => (now().getTime() - started) / 1000;
    if (done) return { ...done, unchanged: true, seconds: seconds() };
    await closeAbandoned(tamis, now);
    const scratch = createScratch(tamis.dataDir, "import");
    try {
      const landing = await landFiles(source, append, scratch, landingProgress(source, options));
      const importId = randomUUID();
      const work = { source: { ...source, files: landing.files }, landing, importId, thread };
      const outcome = await enterImport(tamis, work, { ...options, now });
      return { importId, ...outcome, unchanged: false, seconds: seconds() };
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
  return await importing.finally(() => thread?.close());
}

/** Bytes of a ratings file that takes longer than the start of a thread. */
const worthAThread = 8e6;

interface Work {
  /** With the files as they landed. */
  readonly source: ImportSource;
  readonly landing: Landing;
  readonly importId: string;
  readonly thread: ReadingThread | undefined;
}

type TimedOptions = ImportOptions & { readonly now: () => Date };

/** Imports under an entry of the ledger, and takes back what it wrote when it fails. */
async function enterImport(tamis: Tamis, work: Work, options: TimedOptions): Promise<ImportOutcome> {
  const { source, importId } = work;
  const { now } = options;
  const entry = { source: source.path, sourceDigest: "", layout: source.layout, startedAt: now() };
  await beginImport(tamis.records, { importId, ...entry });
  const newKeys: string[] = [];
  try {
    return await importLanding(tamis, work, options, (key) => newKeys.push(key));
  } catch (error) {
    for (const key of newKeys) await tamis.objects.remove(key).catch(() => {});
    const cancelled = isTamisError(error) && error.code === "aborted";
    const message = error instanceof Error ? error.message : String(error);
    // A full disk may refuse this too; the next import closes the entry then.
    const status = cancelled ? "cancelled" : "failed";
    await failImport(tamis.records, importId, { status, message, endedAt: now() }).catch(() => {});
    throw error;
  }
}

/**
 * Everything behind the landing. No manifest is written before the raw files are in their place.
 *
 * @param onNew - told the key of each object before it is written.
 */
async function importLanding(
  tamis: Tamis,
  { source, landing, importId, thread }: Work,
  options: TimedOptions,
  onNew: (key: string) => void,
): Promise<ImportOutcome> {
  const { append = false, signal, onProgress, now } = options;
  const { records, objects } = tamis;
  const parent = append ? await currentManifest(tamis) : undefined;
  const staged = await stageSource(tamis, source, parent, options, thread);
  const { stage, scale, accepted, items, catalogue } = staged;
  let landed = Promise.resolve();
  try {
    const progress = (done: number) =>
      onProgress?.({ phase: "snapshot", done, total: accepted, unit: "rows" });
    progress(0);
    const digests = await landing.digests();
    await identifyImport(records, importId, digests.source);
    landed = landing.publish(objects, digests, onNew);
    landed.catch(() => {}); // whoever waits for it is told
    const files = await writeSnapshotFiles(stage, items);
    const written = { run: importId, createdAt: now(), onNew, signal, landed };
    const publishing = publishSnapshot(objects, files, {
      counts: await stage.count(),
      scale,
      source: { name: source.name, digest: digests.source },
      parent: parent?.digest ?? null,
      ...written,
    });
    publishing.then(() => progress(accepted)).catch(() => {}); // told to whoever waits for it
    const [manifest, ratings] = await together(publishing, servedRatings(records, stage, signal));
    await writeSource(objects, stage, { source, digests, rows: accepted, ...written });
    const serve = async (transaction: Records) => {
      await serveSnapshot(transaction, { ratings, rows: manifest.rows, items, catalogue, options });
      await addRejectsOf(stage, transaction, importId);
      const rejectedByReason = await rejectCounts(stage);
      const outcome = outcomeOf(manifest, accepted, rejectedByReason);
      await addSnapshot(transaction, snapshotRecord(manifest, importId));
      await makeCurrent(transaction, manifest.digest);
      await finishImport(transaction, importId, outcome, now());
      throwIfAborted(signal);
      return outcome;
    };
    return await writeTransaction(records, serve, "path" in ratings ? ratings.path : undefined);
  } finally {
    await landed.catch(() => {});
    stage.close();
  }
}

/** Waits for both, also when one fails: then neither goes on behind the other's back. */
async function together<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}

/** Progress of the files on their way into the data dir, and the signal. */
function landingProgress(source: ImportSource, { signal, onProgress }: ImportOptions): ReadingOptions {
  const total = Object.values(source.files).reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  const onBytes = (bytes: number) => {
    done += bytes;
    onProgress?.({ phase: "landing", done, total, unit: "bytes" });
  };
  return { signal, onBytes };
}

/** We hold the lock, so whatever is still called running is not: its process died. */
async function closeAbandoned({ records }: Tamis, now: () => Date): Promise<void> {
  for (const { importId, status } of await listImports(records)) {
    if (status !== "running") continue;
    const message =
      "The process ended before the import did: nothing of it is in use, and tamis lake gc removes its files.";
    await failImport(records, importId, { status: "failed", message, endedAt: now() });
  }
}

function outcomeOf(
  manifest: SnapshotManifest,
  rows: number,
  rejectedByReason: Partial<Record<RejectReason, number>>,
): ImportOutcome {
  const { users, items, scale, digest: snapshot } = manifest;
  const rejected = Object.values(rejectedByReason).reduce((sum, count) => sum + count, 0);
  return { rows, rejected, rejectedByReason, users, items, scale, snapshot };
}

function snapshotRecord(manifest: SnapshotManifest, importId: string) {
  const { digest, parent, rows, users, items, scale, createdAt } = manifest;
  const manifestKey = zones.curated(digest, "manifest.json");
  return { digest, parent, manifestKey, rows, users, items, scale, importId, createdAt };
}
