import { sql } from "kysely";
import { describe, expect, it, onTestFinished } from "vitest";
import { expireLease } from "../testing/expire-lease.ts";
import { modelCatalogContract } from "../testing/model-catalog-contract.ts";
import { openTracker } from "../testing/open-tracker.ts";
import { recordsContract } from "../testing/records-contract.ts";
import { runLedgerContract } from "../testing/run-ledger-contract.ts";
import { runTrackerContract } from "../testing/run-tracker-contract.ts";
import { postgresAbsent, temporaryDatabase } from "../testing/temporary-database.ts";
import { modelCatalog } from "./models.ts";
import { findPipelineRun } from "./pipeline-runs.ts";
import { postgresRecords } from "./postgres.ts";
import { runLedger } from "./run-ledger.ts";

async function openTwice(schema: "empty" | "migrated" = "migrated") {
  const { url, drop } = await temporaryDatabase(schema);
  const records = await postgresRecords({ url });
  const other = await postgresRecords({ url });
  const close = async () => {
    await records.destroy();
    await other.destroy();
    await drop();
  };
  return { records, other, close };
}

describe.skipIf(postgresAbsent())(`records on PostgreSQL ${postgresAbsent() ?? ""}`, () => {
  recordsContract({ open: () => openTwice("empty") });

  runTrackerContract({
    async open() {
      const { records, close } = await openTwice();
      return await openTracker(records, close);
    },
  });

  runLedgerContract({
    async open() {
      const { records, other, close } = await openTwice();
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
      return { catalog: modelCatalog(records), other: modelCatalog(other), close };
    },
  });

  it("has an index for every reference: to remove what is referred to reads no table whole, but for a tiny one", async () => {
    const { records, close } = await openTwice();
    onTestFinished(close);
    const { rows } = await sql`select conrelid::regclass::text as table, conname as name from pg_constraint
      where contype = 'f' and not exists (select from pg_index where indrelid = conrelid and indkey[0] = conkey[1])
    `.execute(records);
    expect(rows).toEqual([{ table: "snapshot_aliases", name: "snapshot_aliases_digest_fkey" }]);
  });
});
