import { expect, it } from "vitest";
import { openFolder } from "../objects/folder/folder.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { onEveryEngine } from "../testing/temporary-records.ts";
import { metricsOfRuns, runFacets } from "./run-history.ts";
import { runTracker } from "./run-tracker.ts";

onEveryEngine((temporaryRecords) => {
  it("gives every step of every metric of the runs that are asked for, and what there is to choose from", async () => {
    const records = await temporaryRecords();
    const tracker = runTracker({ records, objects: await openFolder({ path: await temporaryFolder() }) });
    const [films, books] = [
      await tracker.start({ experiment: "films", name: "a" }),
      await tracker.start({ experiment: "books", name: "b" }),
    ];
    await tracker.logMetrics(films, { rmse: 0.9 }, 1);
    await tracker.logMetrics(films, { rmse: 0.8, mae: 0.7 }, 2);
    await tracker.logMetrics(books, { ndcg: 0.3 });

    const loggedAt = expect.any(Date);
    expect(await metricsOfRuns(records, [films])).toEqual([
      { runId: films, name: "mae", step: 2, value: 0.7, loggedAt },
      { runId: films, name: "rmse", step: 1, value: 0.9, loggedAt },
      { runId: films, name: "rmse", step: 2, value: 0.8, loggedAt },
    ]);
    expect(await metricsOfRuns(records, [])).toEqual([]);
    expect(await runFacets(records)).toEqual({
      experiments: ["books", "films"],
      metrics: ["mae", "ndcg", "rmse"],
    });
  });
});
