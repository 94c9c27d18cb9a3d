import { onTestFinished } from "vitest";
import { openTamis, type Tamis } from "../open.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Opens the stores of a data dir, with its own records unless others are named; closed when the test ends. */
export async function openTemporary(dataDir?: string, records?: string): Promise<Tamis> {
  const folder = dataDir ?? (await temporaryFolder());
  const tamis = await openTamis({
    dataDir: folder,
    records: records ?? `sqlite:${folder}/tamis.db`,
    objects: `file:${folder}/lake`,
  });
  onTestFinished(() => tamis.close());
  return tamis;
}
