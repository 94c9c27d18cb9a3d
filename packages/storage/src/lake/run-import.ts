import { randomUUID } from "node:crypto";
import { isTamisError, type RejectReason, throwIfAborted } from "@tamis/core";
import { type ReadingThread, readingThread } from "../load/reading-thread.ts";
import type { Tamis } from "../open.ts";
import {
  beginImport,
  failImport,
  findFinishedImport,
  finishImport,
  type ImportOutcome,
  listImports,
} from "../sql/imports.ts";
import { withLock } from "../sql/lock.ts";
import type { Records } from "../sql/schema.ts";
import { addSnapshot, currentSnapshot, makeCurrent } from "../sql/snapshots.ts";
import { writeTransaction } from "../sql/write-transaction.ts";
import type { ImportOptions, ImportResult } from "./import-options.ts";
import type { ImportSource } from "./import-source.ts";
import { digestSource, type Landing, landFiles, type SourceDigest } from "./land.ts";
import type { SnapshotManifest } from "./manifest.ts";
import { serveSnapshot } from "./serve-snapshot.ts";
import { servedRatings } from "./served-ratings.ts";
import { currentManifest, findManifest } from "./snapshot.ts";
import { addRejectsOf, rejectCounts } from "./stage-rejects.ts";
import { stageSource } from "./stage-source.ts";
import { publishSnapshot, writeSnapshotFiles } from "./write-snapshot.ts";
import { writeSource } from "./write-source.ts";
import { zones } from "./zones.ts";

/**
 * The one way into the data dir: digest, land, read and check, resolve duplicates, snapshot, serve.
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
  const { now = () => new Date(), signal } = options;
  const started = now().getTime();
  // Started now, it is ready when the digest is taken.
  const thread = source.files.ratings!.bytes < worthAThread ? undefined : readingThread();
  const importing = withLock(tamis.records, "import", async () => {
    const digests = await digestSource(source, options.append ?? false, digesting(source, options));
    const done = await findUnchanged(tamis, digests);
    const seconds = () => (now().getTime() - started) / 1000;
    if (done) return { ...done, unchanged: true, seconds: seconds() };
    await closeAbandoned(tamis, now);
    throwIfAborted(signal);
    const importId = randomUUID();
    const entry = { source: source.path, sourceDigest: digests.source, layout: source.layout };
    await beginImport(tamis.records, { importId, ...entry, startedAt: now() });
    const newKeys: string[] = [];
    const onNew = (key: string) => newKeys.push(key);
    const landing = landFiles(tamis.objects, source, digests, onNew, signal);
    try {
      const work = { source: { ...source, files: landing.files }, digests, importId, onNew };
      const outcome = await importLanding(tamis, work, landing, { ...options, now, thread });
      return { importId, ...outcome, unchanged: false, seconds: seconds() };
    } catch (error) {
      await landing.done.catch(() => {});
      for (const key of newKeys) await tamis.objects.remove(key).catch(() => {});
      const cancelled = isTamisError(error) && error.code === "aborted";
      const message = error instanceof Error ? error.message : String(error);
      // A full disk may refuse this too; the next import closes the entry then.
      const status = cancelled ? "cancelled" : "failed";
      await failImport(tamis.records, importId, { status, message, endedAt: now() }).catch(() => {});
      throw error;
    }
  });
  return await importing.finally(() => thread?.close());
}

/** Bytes of a ratings file that takes longer than the start of a thread. */
const worthAThread = 8e6;

interface Work {
  /** With files to be read while they land. */
  readonly source: ImportSource;
  readonly digests: SourceDigest;
  readonly importId: string;
  /** Told the key of each object before it is written. */
  readonly onNew: (key: string) => void;
}

/** Everything behind the digest. No manifest is written before the files have landed. */
async function importLanding(
  tamis: Tamis,
  { source, digests, importId, onNew }: Work,
  landing: Landing,
  options: ImportOptions & { readonly now: () => Date; readonly thread: ReadingThread | undefined },
): Promise<ImportOutcome> {
  const { append = false, signal, onProgress, now, thread } = options;
  const { records, objects } = tamis;
  const parent = append ? await currentManifest(tamis) : undefined;
  const staged = await stageSource(tamis, source, parent, options, thread);
  const { stage, scale, accepted, items, catalogue } = staged;
  try {
    const written = { run: importId, createdAt: now(), onNew, signal, landed: landing.done };
    const progress = (done: number) =>
      onProgress?.({ phase: "snapshot", done, total: accepted, unit: "rows" });
    progress(0);
    const counts = await stage.count();
    const files = await writeSnapshotFiles(stage, items);
    const publishing = publishSnapshot(objects, files, {
      counts,
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
    stage.close();
  }
}

/** Waits for both, also when one fails: then neither goes on behind the other's back. */
async function together<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}

/** Progress of the digest, with which the landing begins, and the signal. */
function digesting(source: ImportSource, { signal, onProgress }: ImportOptions) {
  const total = Object.values(source.files).reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  const onBytes = (bytes: number) => {
    done += bytes;
    onProgress?.({ phase: "landing", done, total, unit: "bytes" });
  };
  return { signal, onBytes };
}

/** The finished import of the same bytes, when its snapshot is the data set still. */
async function findUnchanged(
  tamis: Tamis,
  digests: SourceDigest,
): Promise<(ImportOutcome & { importId: string }) | undefined> {
  const former = await findFinishedImport(tamis.records, digests.source);
  if (!former?.outcome) return undefined;
  const current = await currentSnapshot(tamis.records);
  if (current?.digest !== former.outcome.snapshot) return undefined;
  if (!(await findManifest(tamis.objects, current.digest))) return undefined;
  return { importId: former.importId, ...former.outcome };
}

/** We hold the lock, so whatever is still called running is not: its process died. */
async function closeAbandoned({ records }: Tamis, now: () => Date): Promise<void> {
  for (const { importId, status } of await listImports(records)) {
    if (status !== "running") continue;
    const message = "The process ended before the import did; it left nothing behind.";
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
