import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { migrate } from "../sql/migrate.ts";
import { postgresRecords } from "../sql/postgres.ts";
import { runLedger } from "../sql/run-ledger.ts";
import { sqliteRecords } from "../sql/sqlite.ts";
import { countingPipeline, dayRun, type Effects } from "../testing/counting-pipeline.ts";
import { jobQueueContract } from "../testing/job-queue-contract.ts";
import { postgresAbsent, temporaryDatabase } from "../testing/temporary-database.ts";
import { temporaryRecords } from "../testing/temporary-records.ts";
import { embeddedQueue } from "./embedded.ts";

describe("the embedded queue on SQLite", () => {
  jobQueueContract({
    async open() {
      const folder = await mkdtemp(join(tmpdir(), "tamis-test-"));
      const path = join(folder, "tamis.db");
      const [records, others] = [await sqliteRecords({ path }), await sqliteRecords({ path })];
      await migrate(records);
      const options = { leaseMs: 3000, pollMs: 50, graceMs: 1000 };
      return {
        queue: embeddedQueue(records, options),
        other: embeddedQueue(others, options),
        async close() {
          await records.destroy();
          await others.destroy();
          await rm(folder, { recursive: true });
        },
      };
    },
  });
});

describe.skipIf(postgresAbsent())(`the embedded queue on PostgreSQL ${postgresAbsent() ?? ""}`, () => {
  jobQueueContract({
    async open() {
      const { url, drop } = await temporaryDatabase("migrated");
      const [records, others] = [await postgresRecords({ url }), await postgresRecords({ url })];
      const options = { leaseMs: 3000, pollMs: 50, graceMs: 1000 };
      return {
        queue: embeddedQueue(records, options),
        other: embeddedQueue(others, options),
        async close() {
          await records.destroy();
          await others.destroy();
          await drop();
        },
      };
    },
  });
});

describe("the embedded queue", () => {
  it("leaves a run that was cancelled after a worker had chosen it and before it was claimed", async () => {
    const records = await temporaryRecords();
    const effects: Effects = [];
    const queue = embeddedQueue(records);
    const { runId } = await queue.enqueue(dayRun("nightly"));
    const ledger = runLedger(records);
    const asked = new Promise<void>((resolve) => {
      const late = embeddedQueue(records, {
        ledger: {
          ...ledger,
          async claim(run, options) {
            await queue.cancel(runId);
            const claim = await ledger.claim(run, options);
            worker.stop().then(resolve);
            return claim;
          },
        },
      });
      const worker = late.work([countingPipeline(effects)]);
    });
    await asked;
    expect(effects).toEqual([]);
    expect(await queue.find(runId)).toMatchObject({ status: "cancelled", steps: [] });
  });
});
