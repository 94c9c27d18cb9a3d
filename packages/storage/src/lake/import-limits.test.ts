import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { describe, expect, it } from "vitest";
import type { Tamis } from "../open.ts";
import { countStats } from "../sql/ratings.ts";
import { listRejects } from "../sql/rejects.ts";
import { importProcess } from "../testing/import-process.ts";
import { openTemporary } from "../testing/open-temporary.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { mountTinyDisk } from "../testing/tiny-disk.ts";
import { importRatings } from "./import-ratings.ts";

describe("the limits of an import", () => {
  it("makes one reject of a line of 100 MB, in bounded memory", async () => {
    const folder = await temporaryFolder();
    const file = join(folder, "long.csv");
    const out = createWriteStream(file);
    out.write("1,2,3\n4,");
    for (let i = 0; i < 100; i++) out.write(Buffer.alloc(1 << 20, "x"));
    out.end(",5\n6,7,8\n");
    await finished(out);
    const dataDir = join(folder, "data");
    const { answer } = await importProcess(dataDir, file);
    expect(answer).toMatchObject({ rows: 2, rejectedByReason: { line_too_long: 1 } });
    expect(answer!.memoryGrowth as number).toBeLessThan(200 * 2 ** 20);
    const { rejects } = await listRejects((await openTemporary(dataDir)).records);
    expect(rejects).toMatchObject([{ line: 2, reason: "line_too_long", raw: `4,${"x".repeat(998)}` }]);
  }, 60_000);

  it("meets a full disk with no_space, and the former data set serves on", async ({ skip }) => {
    const folder = await temporaryFolder();
    const dataDir = join(folder, "small");
    await mkdir(dataDir);
    const refused = mountTinyDisk(dataDir, 12);
    skip(refused !== undefined, refused);
    const tamis = await openTemporary(dataDir);
    const former = join(folder, "former.csv");
    await writeFile(former, "a,b,1\na,c,2\n");
    await importRatings(tamis, former);
    const before = await objectKeys(tamis);
    // Too much for the records, for the snapshot beside the raw file, for the raw file.
    for (const lines of [250_000, 500_000, 800_000]) {
      const big = join(folder, `${lines}.csv`);
      const line = (_: unknown, i: number) => `${i % 5000},${Math.floor(i / 5000)},3,${i * 7919}`;
      await writeFile(big, Array.from({ length: lines }, line).join("\n"));
      await expect(importRatings(tamis, big), String(lines)).rejects.toMatchObject({ code: "no_space" });
      expect(await countStats(tamis.records)).toMatchObject({ ratings: 2 });
      expect(await objectKeys(tamis)).toEqual(before);
    }
    expect(await importRatings(tamis, former)).toMatchObject({ unchanged: true });
  }, 120_000);
});

async function objectKeys(tamis: Tamis): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of tamis.objects.list("")) keys.push(key);
  return keys;
}
