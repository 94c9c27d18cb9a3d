import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { SnapshotFile } from "./manifest.ts";

/** A file of a snapshot or source, where it was written. */
export interface WrittenFile extends SnapshotFile {
  readonly path: string;
}

/** Size and SHA-256 of a local file, under the name it will have. */
export async function describeFile(name: string, path: string): Promise<WrittenFile> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return { name, path, sha256: hash.digest("hex"), bytes: (await stat(path)).size };
}
