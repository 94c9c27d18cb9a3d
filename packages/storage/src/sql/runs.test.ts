import { describe, expect, it } from "vitest";
import { openFolder } from "../objects/folder/folder.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { onEveryEngine } from "../testing/temporary-records.ts";
import { newId } from "./new-id.ts";
import { failAbandonedRuns, runTracker } from "./run-tracker.ts";
import { findRun, type ListRunsOptions, listRuns } from "./runs.ts";
import type { Records } from "./schema.ts";

/** Ten runs, a minute apart, two at a time; run 9 has no metric. */
async function tenRuns(records: Records) {
  let minute = 0;
  const now = () => new Date(Date.UTC(2026, 0, 1, 0, minute));
  const objects = await openFolder({ path: await temporaryFolder() });
  const host = { node: "v20", cpus: 2 };
  const tracker = runTracker({ records, objects }, { now, codeVersion: "0.1.0", host });
  for (let i = 0; i < 10; i++) {
    minute = Math.floor(i / 2);
    const id = await tracker.start({
      experiment: i < 8 ? "films" : "books",
      name: `run ${i}`,
      snapshot: `s${i % 2}`,
    });
    if (i < 9) {
      await tracker.logMetrics(id, { rmse: 2 }, 0);
      await tracker.logMetrics(id, { rmse: (i * 7) % 9 }, 1);
    }
    if (i % 2 === 0) await tracker.finish(id, "finished");
  }
  return records;
}

async function names(records: Records, options: ListRunsOptions) {
  const found: number[] = [];
  let after: string | undefined;
  do {
    const page = await listRuns(records, { limit: 3, ...options, after });
    found.push(...page.runs.map(({ name }) => Number(name.slice(4))));
    after = page.next ?? undefined;
  } while (after !== undefined);
  return found;
}

onEveryEngine((temporaryRecords) => {
  describe("listRuns", () => {
    it("gives every run once, newest first", async () => {
      const found = await names(await tenRuns(await temporaryRecords()), {});
      expect(new Set(found).size).toBe(10);
      expect(found.map((i) => Math.floor(i / 2))).toEqual([4, 4, 3, 3, 2, 2, 1, 1, 0, 0]);
    });

    it("sorts by the last value of a metric, both ways, without the runs that lack it", async () => {
      const records = await tenRuns(await temporaryRecords());
      const by = { by: "metric", name: "rmse" } as const;
      const up = await names(records, { orderBy: { ...by, direction: "ascending" } });
      expect(up.map((i) => (i * 7) % 9)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
      expect(await names(records, { orderBy: { ...by, direction: "descending" } })).toEqual(
        [...up].reverse(),
      );
    });

    it("filters by experiment, status, snapshot and the last value of a metric", async () => {
      const records = await tenRuns(await temporaryRecords());
      expect((await names(records, { experiment: "books" })).sort()).toEqual([8, 9]);
      expect((await names(records, { status: "finished", snapshot: "s0" })).sort()).toEqual([0, 2, 4, 6, 8]);
      const best = await names(records, { metric: { name: "rmse", min: 1, max: 2 } });
      expect(best.map((i) => (i * 7) % 9).sort()).toEqual([1, 2]);
      expect(await names(records, { metric: { name: "nothing" } })).toEqual([]);
    });

    it("tells what the run ran on", async () => {
      const { runs } = await listRuns(await tenRuns(await temporaryRecords()), { limit: 1 });
      expect(runs[0]).toMatchObject({ codeVersion: "0.1.0", host: { node: "v20", cpus: 2 } });
    });
  });

  describe("failAbandonedRuns", () => {
    it("closes what is running since before, and nothing else", async () => {
      const records = await tenRuns(await temporaryRecords());
      expect(await failAbandonedRuns(records, new Date(Date.UTC(2026, 0, 1, 0, 2)))).toBe(2);
      const { runs } = await listRuns(records, { status: "failed" });
      expect(runs.map(({ name }) => name)).toEqual(["run 3", "run 1"]);
      expect((await findRun(records, runs[0]!.runId))?.message).toMatch(/ended without closing/);
    });
  });
});

describe("newId", () => {
  it("is a UUID of version 7 whose text sorts by time", () => {
    const ids = [0, 1, 1_800_000_000_000, Date.UTC(2100, 0)].map((time) => newId(new Date(time)));
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect([...ids].sort()).toEqual(ids);
  });
});
