import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRandom } from "@tamis/core";
import { expect, it } from "vitest";
import { countStats } from "../sql/ratings.ts";
import { importProcess } from "../testing/import-process.ts";
import { openTemporary } from "../testing/open-temporary.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { importRatings } from "./import-ratings.ts";
import { readSnapshot } from "./snapshot.ts";

const rows = 60_000;
const kills = 20;

it(`killed at ${kills} random points, an import leaves the former rows or all of the new ones`, async () => {
  const folder = await temporaryFolder();
  const dataDir = join(folder, "data");
  const former = join(folder, "former.csv");
  await writeFile(former, "a,b,1\na,c,2\n");
  const file = join(folder, "big.csv");
  const lines = Array.from(
    { length: rows },
    (_, i) => `${i % 500},${Math.floor(i / 500)},${(i % 9) + 1},${i}`,
  );
  await writeFile(file, `${lines.join("\n")}\n1,2,abc,4\n`);
  const tamis = await openTemporary(dataDir);
  const first = await importRatings(tamis, former);

  const random = createRandom(20);
  let killed = 0;
  /** From its first sign of life to its end, in ms: learnt from the imports that were too quick to be killed. */
  let duration = 2000;
  const attempt = async () => {
    let timer: NodeJS.Timeout | undefined;
    let since = 0;
    const outcome = await importProcess(dataDir, file, (_, child) => {
      since ||= performance.now();
      timer ??= setTimeout(() => child.kill("SIGKILL"), random.integer(Math.ceil(duration)));
      return undefined;
    });
    clearTimeout(timer);
    if (outcome.signal === "SIGKILL") killed++;
    else duration = Math.min(duration, performance.now() - since);
    const { ratings } = await countStats(tamis.records);
    const { manifest, table } = await readSnapshot(tamis, "current");
    expect([2, rows]).toContain(ratings);
    expect(table.length).toBe(ratings);
    if (ratings === 2) return expect(manifest.digest).toBe(first.snapshot);
    await importRatings(tamis, former);
  };
  while (killed < kills) await attempt();

  const result = await importRatings(tamis, file);
  expect(result).toMatchObject({ rows, rejected: 1, users: 500, items: 120 });
  expect(await countStats(tamis.records)).toMatchObject({ ratings: rows, users: 500, items: 120 });
  await collectGarbage(tamis, { graceSeconds: 0 });
  expect((await readSnapshot(tamis, first.snapshot)).table.length).toBe(2);
  expect((await readSnapshot(tamis, "current")).table.length).toBe(rows);
}, 240_000);
