import { expect, it } from "vitest";
import { openFolder } from "../objects/folder/folder.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { onEveryEngine } from "../testing/temporary-records.ts";
import { listExperiments } from "./experiments.ts";
import { runTracker } from "./run-tracker.ts";
import type { Records } from "./schema.ts";
import { type RunCondition, type SearchRunsOptions, searchRuns } from "./search-runs.ts";

/** Six runs, a minute apart: run i has rmse 5 − i (2 − i at first), factors i, tag owner; run 5 has none of it. */
async function sixRuns(records: Records) {
  let minute = 0;
  const now = () => new Date(Date.UTC(2026, 0, 1, 0, minute));
  const objects = await openFolder({ path: await temporaryFolder() });
  const tracker = runTracker({ records, objects }, { now });
  for (let i = 0; i < 6; i++) {
    minute = i;
    const tags = { owner: i % 2 ? 'ann "é"' : "bob", number: 7, "a.b'c": "x" };
    const experiment = i < 4 ? "films" : "books";
    const id = await tracker.start({ experiment, name: `Run ${i}`, seed: i, ...(i < 5 && { tags }) });
    if (i < 5) {
      await tracker.logMetrics(id, { rmse: 2 - i }, 0);
      await tracker.logMetrics(id, { rmse: 5 - i }, 1);
      await tracker.logParameters(id, { factors: i, name: i % 2 ? "svd" : "knn" });
    }
    if (i < 3) await tracker.finish(id, "finished");
  }
  return records;
}

onEveryEngine((temporaryRecords) => {
  const search = async (records: Records, options: Partial<SearchRunsOptions>) =>
    (await searchRuns(records, { limit: 10, ...options })).map(({ seed }) => seed);

  it("filters by any part of a run", async () => {
    const records = await sixRuns(await temporaryRecords());
    const metric = { kind: "metric", name: "rmse" } as const;
    const parameter = (name: string) => ({ kind: "parameter", name }) as const;
    const tag = (name: string) => ({ kind: "tag", name }) as const;
    const attribute = (name: "status" | "name" | "startedAt" | "seed") =>
      ({ kind: "attribute", name }) as const;
    const instant = new Date(Date.UTC(2026, 0, 1, 0, 4));
    const cases: [RunCondition[], number[]][] = [
      [[{ field: metric, comparison: "<=", value: 2 }], [4, 3]],
      [[{ field: metric, comparison: "!=", value: 5 }], [4, 3, 2, 1]],
      [[{ field: parameter("factors"), comparison: "=", value: "3" }], [3]],
      [[{ field: parameter("name"), comparison: "like", value: "S%" }], [3, 1]],
      [[{ field: tag("owner"), comparison: "=", value: 'ann "é"' }], [3, 1]],
      [[{ field: tag("number"), comparison: "=", value: "7" }], [4, 3, 2, 1, 0]],
      [[{ field: tag("a.b'c"), comparison: "!=", value: "y" }], [4, 3, 2, 1, 0]],
      [[{ field: tag("nothing"), comparison: "=", value: "7" }], []],
      [[{ field: attribute("status"), comparison: "=", value: "finished" }], [2, 1, 0]],
      [[{ field: attribute("name"), comparison: "like", value: "rUN _" }], [5, 4, 3, 2, 1, 0]],
      [[{ field: attribute("startedAt"), comparison: ">=", value: instant }], [5, 4]],
      [
        [
          { field: metric, comparison: ">", value: 1 },
          { field: attribute("seed"), comparison: ">", value: 1 },
          { field: tag("owner"), comparison: "=", value: "bob" },
        ],
        [2],
      ],
    ];
    for (const [where, seeds] of cases) expect(await search(records, { where })).toEqual(seeds);
    expect(await search(records, { experiments: ["books"] })).toEqual([5, 4]);
    expect(await search(records, { experiments: ["nothing"] })).toEqual([]);
    expect(await search(records, { experiments: [] })).toEqual([]);
  });

  it("sorts by any part, with those that lack it last, and pages", async () => {
    const records = await sixRuns(await temporaryRecords());
    const field = { kind: "metric", name: "rmse" } as const;
    expect(await search(records, { orderBy: [{ field, direction: "asc" }] })).toEqual([4, 3, 2, 1, 0, 5]);
    expect(await search(records, { orderBy: [{ field, direction: "desc" }] })).toEqual([0, 1, 2, 3, 4, 5]);
    const orderBy = [
      { field: { kind: "parameter", name: "name" }, direction: "desc" },
      { field: { kind: "attribute", name: "startedAt" }, direction: "asc" },
    ] as const;
    expect(await search(records, { orderBy })).toEqual([1, 3, 0, 2, 4, 5]);
    expect(await search(records, { orderBy, offset: 2, limit: 3 })).toEqual([0, 2, 4]);
  });

  it("lists the experiments", async () => {
    const found = await listExperiments(await sixRuns(await temporaryRecords()));
    expect(found).toEqual([
      { name: "books", firstAt: new Date("2026-01-01T00:04Z"), latestAt: new Date("2026-01-01T00:05Z") },
      { name: "films", firstAt: new Date("2026-01-01T00:00Z"), latestAt: new Date("2026-01-01T00:03Z") },
    ]);
  });
});
