import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { TamisError } from "@tamis/core";
import { type BackupManifest, manifestName } from "./backup-manifest.ts";
import type { BackupWork } from "./engine.ts";
import { schemaVersion } from "./migrate.ts";
import type { Records } from "./schema.ts";
import { writeBackup } from "./write-backup.ts";

export interface BackupOptions extends BackupWork {
  readonly now?: () => Date;
}

/**
 * Writes a backup of the records: a folder with one file, which the engine's own tools read (`records.db` is a SQLite
 * database, `records.dump` is for pg_restore), and `manifest.json`. It holds the state of one moment, and others work on
 * meanwhile. The folder appears whole or not at all.
 *
 * @param target - the folder to make; in one that is there already, it is called `tamis-` and the instant.
 * @throws refused when the target is a file or a backup; not_found when there is nothing to back up; configuration
 * without pg_dump, on PostgreSQL; no_space, aborted: nothing was left behind
 */
export async function backup(
  records: Records,
  target: string,
  options: BackupOptions = {},
): Promise<{ readonly path: string; readonly manifest: BackupManifest }> {
  const { now = () => new Date(), ...work } = options;
  const version = await schemaVersion(records);
  if (version === 0) throw new TamisError("not_found", "There are no records to back up.");
  const at = now();
  const path = await freePath(resolve(target), at);
  return { path, manifest: await writeBackup(records, path, { ...work, version, at }) };
}

async function freePath(target: string, at: Date): Promise<string> {
  const found = await stat(target).catch(() => undefined);
  if (found === undefined) return target;
  const isBackup = await stat(join(target, manifestName)).catch(() => undefined);
  if (found.isDirectory() && !isBackup) {
    return join(target, `tamis-${at.toISOString().replace(/[-:]|\.\d+/g, "")}`);
  }
  throw new TamisError("refused", `${target} is there already; give another name, or a folder of backups.`);
}
