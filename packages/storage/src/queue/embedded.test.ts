import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import { migrate } from "../sql/migrate.ts";
import { sqliteRecords } from "../sql/sqlite.ts";
import { jobQueueContract } from "../testing/job-queue-contract.ts";
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
