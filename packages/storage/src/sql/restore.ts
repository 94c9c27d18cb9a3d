import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { TamisError } from "@tamis/core";
import { type BackupManifest, fileDigest, readBackupManifest } from "./backup-manifest.ts";
import { countRows } from "./count-rows.ts";
import { type BackupWork, engineOf } from "./engine.ts";
import { withLock } from "./lock.ts";
import { migrations, schemaVersion } from "./migrate.ts";
import type { Records } from "./schema.ts";

export interface RestoreOptions extends BackupWork {
  /** Also where there are rows; they are gone then. @default false */
  readonly force?: boolean;
}

/**
 * Puts a backup in the place of the records, all or nothing: its file is checked by digest before, and the rows of each
 * table are counted after. An older schema stays as it is until {@link migrate}.
 *
 * @param source - the folder of the backup, or a file in it.
 * @throws not_found when it is no backup; corrupt_data when it is damaged: nothing was changed
 * @throws refused when there are rows, without `force`, or for a backup of another engine
 * @throws conflict while an import or a training is running; unsupported for a backup of a newer version
 */
export async function restore(
  records: Records,
  source: string,
  options: RestoreOptions = {},
): Promise<BackupManifest> {
  const { force = false, ...work } = options;
  const folder = await folderOf(resolve(source));
  const manifest = await readBackupManifest(folder);
  const { engine, read } = engineOf(records).backups;
  if (manifest.engine !== engine) {
    throw new TamisError(
      "refused",
      `${folder} is a backup of ${manifest.engine}, and these records are ${engine}.`,
    );
  }
  checkVersion(manifest);
  const file = join(folder, manifest.file);
  await checkFile(file, manifest);
  return await withLock(records, "import", () =>
    withLock(records, "train", async () => {
      const present = await schemaVersion(records); // also refuses the tables of another program
      if (present > 0 && !force) await checkEmpty(records);
      await read(records, file, manifest.rows, work);
      return manifest;
    }),
  );
}

async function folderOf(source: string): Promise<string> {
  const found = await stat(source).catch((cause: NodeJS.ErrnoException) => {
    throw new TamisError("not_found", `There is no backup ${source} (${cause.code}).`, { cause });
  });
  return found.isDirectory() ? source : dirname(source);
}

function checkVersion({ schema_version: version }: BackupManifest): void {
  const known = migrations.at(-1)?.version ?? 0;
  if (version <= known) return;
  throw new TamisError(
    "unsupported",
    `The backup has schema version ${version}; this version of Tamis knows up to ${known}. Update Tamis (npm install @tamis/cli@latest).`,
    { details: { stored: version, known } },
  );
}

async function checkFile(file: string, { bytes, sha256 }: BackupManifest): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.size === bytes && (await fileDigest(file)) === sha256) return;
  const why =
    found === undefined
      ? "it is missing"
      : found.size === bytes
        ? "other content"
        : `${found.size} bytes instead of ${bytes}`;
  throw new TamisError("corrupt_data", `${file} is not what was backed up (${why}); nothing was restored.`, {
    details: { file },
  });
}

async function checkEmpty(records: Records): Promise<void> {
  const { schema_version: _, ...rows } = await countRows(records);
  const full = Object.entries(rows).filter(([, count]) => count > 0);
  if (full.length === 0) return;
  const shown = full.slice(0, 3).map(([name, count]) => `${count} ${name}`);
  throw new TamisError(
    "refused",
    `The records are not empty (${shown.join(", ")}${full.length > 3 ? "…" : ""}): a restore replaces them. Name others with --records, or replace these with --force.`,
  );
}
