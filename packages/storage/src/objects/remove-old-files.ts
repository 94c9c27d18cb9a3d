import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

const oneDay = 86_400_000; // ms

/** Removes the files of a folder that nobody has touched for a day: a killed process left them. */
export async function removeOldFiles(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (mtimeMs < Date.now() - oneDay) await rm(file, { force: true });
  }
}
