import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import { expireLease } from "../testing/expire-lease.ts";
import { modelCatalogContract } from "../testing/model-catalog-contract.ts";
import { openTracker } from "../testing/open-tracker.ts";
import { recordsContract } from "../testing/records-contract.ts";
import { runLedgerContract } from "../testing/run-ledger-contract.ts";
import { runTrackerContract } from "../testing/run-tracker-contract.ts";
import { migrate } from "./migrate.ts";
import { modelCatalog } from "./models.ts";
import { findPipelineRun } from "./pipeline-runs.ts";
import { runLedger } from "./run-ledger.ts";
import { sqliteRecords } from "./sqlite.ts";

async function openTwice() {
  const folder = await mkdtemp(join(tmpdir(), "tamis-test-"));
  const path = join(folder, "l’été 🎬.db");
  const records = await sqliteRecords({ path });
  const other = await sqliteRecords({ path });
  const close = async () => {
    await records.destroy();
    await other.destroy();
    await rm(folder, { recursive: true });
  };
  return { records, other, close };
}

describe("records on SQLite", () => {
  recordsContract({ open: openTwice });

  runTrackerContract({
    async open() {
      const { records, close } = await openTwice();
      await migrate(records);
      return await openTracker(records, close);
    },
  });

  runLedgerContract({
    async open() {
      const { records, other, close } = await openTwice();
      await migrate(records);
      return {
        ledger: runLedger(records),
        other: runLedger(other),
        find: (runId) => findPipelineRun(records, runId),
        expire: (runId) => expireLease(records, runId),
        close,
      };
    },
  });

  modelCatalogContract({
    async open() {
      const { records, other, close } = await openTwice();
      await migrate(records);
      return { catalog: modelCatalog(records), other: modelCatalog(other), close };
    },
  });
});
