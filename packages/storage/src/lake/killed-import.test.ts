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
  let [killed, finished] = [0, 0];
  const attempt = async () => {
    // From its first sign of life an import of this file takes some 700 ms: points in it, a few behind it.
    let timer: NodeJS.Timeout | undefined;
    const outcome = await importProcess(dataDir, file, (_, child) => {
      timer ??= setTimeout(() => child.kill("SIGKILL"), random.integer(800));
      return undefined;
    });
    clearTimeout(timer);
    if (outcome.signal === "SIGKILL") killed++;
    const { ratings } = await countStats(tamis.records);
    const { manifest, table } = await readSnapshot(tamis, "current");
    expect([2, rows]).toContain(ratings);
    expect(table.length).toBe(ratings);
    if (ratings === 2) return expect(manifest.digest).toBe(first.snapshot);
    finished++;
    await importRatings(tamis, former);
  };
  for (let kill = 0; kill < kills; kill++) await attempt();
  expect(killed).toBeGreaterThan(kills / 2);

  const result = await importRatings(tamis, file);
  expect(result).toMatchObject({ rows, rejected: 1, users: 500, items: 120 });
  expect(await countStats(tamis.records)).toMatchObject({ ratings: rows, users: 500, items: 120 });
  await collectGarbage(tamis, { graceSeconds: 0 });
  expect((await readSnapshot(tamis, first.snapshot)).table.length).toBe(2);
  expect((await readSnapshot(tamis, "current")).table.length).toBe(rows);
  expect(finished).toBeLessThan(kills);
}, 240_000);
