import { writeSync } from "node:fs";
import { isTamisError } from "@tamis/core";
import { importRatings } from "../lake/import-ratings.ts";
import { openTamis } from "../open.ts";

/** The process of `importProcess`: prints each phase as it begins, then the result or the error. */
async function main(): Promise<void> {
  const [dataDir, file, records] = process.argv.slice(2) as [string, string, string];
  const print = (line: object) => writeSync(1, `${JSON.stringify(line)}\n`);
  const before = process.memoryUsage().rss;
  let highest = before;
  const tamis = await openTamis({ dataDir, records, objects: `file:${dataDir}/lake` });
  let phase = "";
  try {
    const result = await importRatings(tamis, file, {
      onProgress(progress) {
        highest = Math.max(highest, process.memoryUsage().rss);
        if (progress.phase === phase) return;
        phase = progress.phase;
        print({ phase });
      },
    });
    print({ ...result, memoryGrowth: highest - before });
  } catch (error) {
    print({ error: isTamisError(error) ? error.code : String(error) });
    process.exitCode = 1;
  } finally {
    await tamis.close();
  }
}

await main();
