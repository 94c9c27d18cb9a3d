import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readText } from "../lake/read-text.ts";
import { openFolder } from "../objects/folder/folder.ts";
import { runTracker } from "../sql/run-tracker.ts";
import { artifactsOfRun, findRun } from "../sql/runs.ts";
import type { Records } from "../sql/schema.ts";

/** A tracker on these records and a folder of its own, as its contract asks for one. */
export async function openTracker(records: Records, close: () => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), "tamis-test-"));
  const objects = await openFolder({ path: folder });
  return {
    tracker: runTracker({ records, objects }),
    find: (runId: string) => findRun(records, runId),
    async artifact(runId: string, path: string) {
      const stored = (await artifactsOfRun(records, runId)).find((one) => one.path === path);
      return stored && (await readText(objects, stored.objectKey));
    },
    async close() {
      await close();
      await rm(folder, { recursive: true });
    },
  };
}
