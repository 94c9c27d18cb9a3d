import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { TamisError } from "@tamis/core";
import { z } from "zod";

/** Says what a backup holds. Its JSON is for others too, so it is in snake_case. */
export const BackupManifest = z.object({
  format: z.literal("tamis-backup"),
  version: z.literal(1),
  /** `sqlite` or `postgres`: whose tools read the file. */
  engine: z.string(),
  schema_version: z.int().min(1),
  created_at: z.iso.datetime(),
  file: z.string().regex(/^[\w.-]+$/),
  bytes: z.int().min(0),
  sha256: z.string().length(64),
  /** Number of rows by table. */
  rows: z.record(z.string(), z.int().min(0)),
});
export type BackupManifest = z.infer<typeof BackupManifest>;

export const manifestName = "manifest.json";

/** @throws not_found when the folder is no backup; corrupt_data when its manifest is damaged */
export async function readBackupManifest(folder: string): Promise<BackupManifest> {
  const path = join(folder, manifestName);
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new TamisError(
      "not_found",
      `${folder} is no backup: its ${manifestName} cannot be read (${cause.code}).`,
      { cause },
    );
  });
  try {
    return BackupManifest.parse(JSON.parse(text));
  } catch (cause) {
    throw new TamisError("corrupt_data", `${path} is no manifest of a backup, or damaged.`, { cause });
  }
}

/** SHA-256 of a file, as 64 hexadecimal digits. */
export async function fileDigest(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}
