import { definePipeline, defineStep, runPipeline, TamisError } from "@tamis/core";
import { expect, it } from "vitest";
import { onEveryEngine } from "../testing/temporary-records.ts";
import { beginImport, finishImport } from "./imports.ts";
import { runLedger } from "./run-ledger.ts";
import { readServiceFacts } from "./service-facts.ts";

onEveryEngine((temporaryRecords) => {
  it("is all 0 of empty records", async () => {
    const facts = await readServiceFacts(await temporaryRecords());
    expect(facts).toMatchObject({
      data: { users: 0, ratings: 0 },
      runs: { running: 0, finished: 0, failed: 0, cancelled: 0 },
      rows: { accepted: 0, rejected: 0 },
      queue: { queued: 0, running: 0 },
      pipelines: [],
      retries: [],
    });
    expect(new Set(Object.values(facts.rejectedByReason))).toEqual(new Set([0]));
  });

  it("sums imports, counts runs, and knows the latest run of a pipeline and its retries", async () => {
    const records = await temporaryRecords();
    for (const importId of ["1", "2"]) {
      const startedAt = new Date(0);
      await beginImport(records, { importId, source: "s", sourceDigest: "d", layout: "l", startedAt });
      const outcome = {
        rows: 10,
        rejected: 3,
        rejectedByReason: { rating_not_a_number: 1, duplicate_pair: 2 },
        users: 1,
        items: 1,
        scale: { min: 1, max: 5 },
        snapshot: "s",
      };
      await finishImport(records, importId, outcome, new Date(1));
    }
    const run = { experiment: "e", name: "n", tags: "{}", started_at: new Date(0) };
    await records
      .insertInto("runs")
      .values([
        { ...run, id: "1", status: "finished" },
        { ...run, id: "2", status: "failed" },
        { ...run, id: "3", status: "finished" },
      ])
      .execute();
    let tries = 0;
    const step = defineStep({
      name: "shaky",
      retry: { attempts: 3, baseMs: 1, capMs: 1 },
      run: async () => {
        tries++;
        if (tries < 3) throw new TamisError("unavailable", "not yet");
        return null;
      },
    });
    const pipeline = definePipeline({ name: "nightly", steps: [step] });
    const interval = { start: new Date("2026-02-01"), end: new Date("2026-02-02") };
    await runPipeline(pipeline, { ledger: runLedger(records), interval });

    expect(await readServiceFacts(records)).toMatchObject({
      runs: { running: 0, finished: 2, failed: 1, cancelled: 0 },
      rows: { accepted: 20, rejected: 6 },
      rejectedByReason: { rating_not_a_number: 2, duplicate_pair: 4, missing_rating: 0 },
      pipelines: [{ pipeline: "nightly", status: "finished", seconds: expect.any(Number) }],
      retries: [{ pipeline: "nightly", step: "shaky", retries: 2 }],
    });
  });
});
