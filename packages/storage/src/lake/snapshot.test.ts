import { appendFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRandom } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { openTemporary } from "../testing/open-temporary.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { importRatings } from "./import-ratings.ts";
import { parseManifest } from "./manifest.ts";
import { currentManifest, readSnapshot } from "./snapshot.ts";
import { zones } from "./zones.ts";

async function write(text: string, name = "ratings.csv"): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, text);
  return path;
}

describe("snapshots", () => {
  it("of the same rows are the same, byte for byte, whoever makes them", async () => {
    const random = createRandom(3);
    // More than one row group, and real-looking disorder.
    const lines = Array.from(
      { length: 150_000 },
      (_, i) => `${i % 500},${(i * 7) % 3001},${random.integer(10) / 2},${random.integer(1e9)}`,
    );
    const [first, second, third] = [await openTemporary(), await openTemporary(), await openTemporary()];
    const one = await importRatings(first, await write(`${lines.join("\n")}\n`));
    const two = await importRatings(second, await write(`${lines.join("\r\n")}`, "other.txt"));
    const earlier = `${lines[7]!.slice(0, lines[7]!.lastIndexOf(","))},0`;
    const duplicated = [earlier, ...lines.slice(0, 75_000), lines[9], ...lines.slice(75_000), lines[9]];
    const three = await importRatings(third, await write(`${duplicated.join("\n")}\n`));
    expect(two.snapshot).toBe(one.snapshot);
    expect(three).toMatchObject({ rejected: 3, rows: 150_000 });
    expect(three.snapshot).toBe(one.snapshot);
  });

  it("hold the rows in their order, with ids of numbers or of texts", async () => {
    const tamis = await openTemporary();
    await importRatings(tamis, await write("9,b,1,100\n007,a,2,\n9,a,3,50\n-4,b,2,7\n"));
    const { table } = await readSnapshot(tamis, "current");
    expect(table).toMatchObject({
      length: 4,
      users: { ids: [9, "007", -4], codes: Int32Array.of(0, 1, 0, 2) },
      items: { ids: ["b", "a"], codes: Int32Array.of(0, 1, 1, 0) },
      ratings: Float64Array.of(1, 2, 3, 2),
      ratedAt: Float64Array.of(100, Number.NaN, 50, 7),
      scale: { min: 1, max: 3 },
    });
  });

  it("that are damaged or gone are named, not served", async () => {
    const tamis = await openTemporary();
    const { snapshot } = await importRatings(tamis, await write("1,2,3\n1,3,4\n"));
    const key = zones.curated(snapshot, "ratings.parquet");
    const path = await tamis.objects.localPath(key);
    await appendFile(path, "x");
    await expect(readSnapshot(tamis, snapshot)).rejects.toMatchObject({
      code: "corrupt_data",
      message: expect.stringContaining(key),
    });
    await rm(path);
    await expect(readSnapshot(tamis, "current")).rejects.toMatchObject({ code: "corrupt_data" });
    await tamis.objects.remove(zones.curated(snapshot, "manifest.json"));
    await expect(currentManifest(tamis)).rejects.toMatchObject({ code: "corrupt_data" });
    await expect(readSnapshot(tamis, snapshot)).rejects.toMatchObject({ code: "not_found" });
  });

  it("of a later schema are refused by its number", () => {
    expect(() => parseManifest('{"schema_version":2}', "k")).toThrow(/version 2.*reads up to 1/);
    expect(() => parseManifest("{", "k")).toThrow("not a snapshot manifest");
  });
});
