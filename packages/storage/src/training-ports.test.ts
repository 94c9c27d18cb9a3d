import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importRatings } from "./lake/import-ratings.ts";
import type { Tamis } from "./open.ts";
import { findRun } from "./sql/runs.ts";
import { openTemporary } from "./testing/open-temporary.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";
import { trainingPorts } from "./training-ports.ts";

async function importLines(tamis: Tamis, lines: string[], append = false) {
  const path = join(await temporaryFolder(), "ratings.csv");
  await writeFile(path, `${lines.join("\n")}\n`);
  return await importRatings(tamis, path, { append });
}

describe("what a training reads", () => {
  it("is the snapshot with its digest and the catalogue", async () => {
    const tamis = await openTemporary();
    const { readData } = trainingPorts(tamis);
    await expect(readData("current")).rejects.toMatchObject({ code: "not_found" });
    const { snapshot } = await importLines(tamis, ["1,a,4,100", "1,b,2,100", "2,a,5,100"]);
    const data = await readData("current");
    expect(data.snapshot).toBe(snapshot);
    expect(data.table.length).toBe(3);
    expect(data.items.map(({ itemId }) => itemId)).toEqual(["a", "b"]);
    await importLines(tamis, ["3,c,1,100"]);
    expect((await readData(snapshot)).table.length).toBe(3);
  });

  it("never holds synthetic ratings, whatever is imported after them", async () => {
    const tamis = await openTemporary();
    await importLines(tamis, ["1,a,4,100", "2,b,5,100"]);
    await tamis.records
      .insertInto("ratings")
      .values({ user_id: "1", item_id: "b", rating: 0.5, rated_at: 100, source: "synthetic" })
      .execute();
    const { readData } = trainingPorts(tamis);
    expect((await readData("current")).table.length).toBe(2);
    await importLines(tamis, ["3,a,3,100"], true);
    const { table } = await readData("current");
    expect([table.length, [...table.ratings]]).toEqual([3, [4, 5, 3]]);
  });
});

describe("a training alone", () => {
  it("keeps others out and closes what a killed one left open, of its own name", async () => {
    const tamis = await openTemporary();
    const { alone, tracker } = trainingPorts(tamis, { codeVersion: "1.2.3" });
    const killed = await tracker.start({ experiment: "films", name: "model" });
    const other = await tracker.start({ experiment: "films", name: "predictions" });
    await alone("model", async () => {
      expect(await findRun(tamis.records, killed)).toMatchObject({ status: "failed", codeVersion: "1.2.3" });
      expect(await findRun(tamis.records, other)).toMatchObject({ status: "running" });
      await expect(alone("model", async () => {})).rejects.toMatchObject({ code: "conflict" });
    });
    expect(await alone("model", async () => "again")).toBe("again");
  });
});
