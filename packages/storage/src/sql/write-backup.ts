import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileSystemError } from "../objects/file-system-error.ts";
import { makeFolder } from "../objects/make-folder.ts";
import { type BackupManifest, fileDigest, manifestName } from "./backup-manifest.ts";
import { type BackupWork, engineOf } from "./engine.ts";
import type { Records } from "./schema.ts";

export interface NewBackup extends BackupWork {
  /** The version of the schema as it is stored. */
  readonly version: number;
  readonly at: Date;
}

/** Writes the folder of a backup, whole or not at all. @param path - where nothing is yet. */
export async function writeBackup(
  records: Records,
  path: string,
  { version, at, ...work }: NewBackup,
): Promise<BackupManifest> {
  await makeFolder(dirname(path));
  const temporary = `${path}.part-${randomUUID().slice(0, 8)}`;
  try {
    await mkdir(temporary, { mode: 0o700 });
    const { engine, file, write } = engineOf(records).backups;
    const written = join(temporary, file);
    const rows = await write(records, written, work);
    const manifest: BackupManifest = {
      format: "tamis-backup",
      version: 1,
      engine,
      schema_version: version,
      created_at: at.toISOString(),
      file,
      bytes: (await stat(written)).size,
      sha256: await fileDigest(written),
      rows,
    };
    await writeFile(join(temporary, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
    for (const name of [file, manifestName, "."]) await flush(join(temporary, name));
    await rename(temporary, path);
    await flush(dirname(path));
    return manifest;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw fileSystemError(error, path);
  }
}

/** To the disk, file or folder. */
async function flush(path: string): Promise<void> {
  const handle = await open(path, "r");
  await handle.sync().finally(() => handle.close());
}
