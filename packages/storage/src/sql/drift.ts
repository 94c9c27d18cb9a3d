import type { DriftStore, StoredDriftBaseline, StoredDriftReport } from "@tamis/core";
import type { Selectable } from "kysely";
import { newId } from "./new-id.ts";
import type { Records, Schema } from "./schema.ts";
import { shortTransaction, takeTurn } from "./write-transaction.ts";

export interface DriftStoreOptions {
  readonly now?: () => Date;
}

/** A {@link DriftStore} in the records. */
export function driftStore(records: Records, options: DriftStoreOptions = {}): DriftStore {
  const { now = () => new Date() } = options;
  return {
    addBaseline: ({ name, digest, snapshot, document, createdBy }) =>
      shortTransaction(records, async (transaction) => {
        await takeTurn(transaction, `drift baseline ${name}`);
        const newest = await transaction
          .selectFrom("drift_baselines")
          .select(({ fn }) => fn.max("version").as("version"))
          .where("name", "=", name)
          .executeTakeFirst();
        const row = {
          name,
          version: Number(newest?.version ?? 0) + 1,
          digest,
          snapshot,
          document: JSON.stringify(document),
          created_by: createdBy,
          created_at: now(),
        };
        await transaction.insertInto("drift_baselines").values(row).execute();
        return toBaseline(row);
      }),
    async findBaseline(name, version) {
      let query = records.selectFrom("drift_baselines").selectAll().where("name", "=", name);
      if (version !== undefined) query = query.where("version", "=", version);
      const row = await query.orderBy("version", "desc").limit(1).executeTakeFirst();
      return row && toBaseline(row);
    },
    async listBaselines(name) {
      const rows = await records
        .selectFrom("drift_baselines")
        .select(["name", "version", "digest", "snapshot", "created_by", "created_at"])
        .where("name", "=", name)
        .orderBy("version", "desc")
        .execute();
      return rows.map(withoutDocument);
    },
    async addReport({ baseline, baselineVersion, profile, verdict, document }) {
      const at = now();
      const row = {
        id: newId(at),
        baseline,
        baseline_version: baselineVersion,
        profile,
        verdict,
        document: JSON.stringify(document),
        created_at: at,
      };
      await records.insertInto("drift_reports").values(row).execute();
      return toReport(row);
    },
    async listReports({ baseline, profile, limit = 20 }) {
      let query = records.selectFrom("drift_reports").selectAll();
      if (baseline !== undefined) query = query.where("baseline", "=", baseline);
      if (profile !== undefined) query = query.where("profile", "=", profile);
      return (await query.orderBy("id", "desc").limit(limit).execute()).map(toReport);
    },
  };
}

type BaselineRow = Selectable<Schema["drift_baselines"]>;

function toBaseline(row: BaselineRow): StoredDriftBaseline {
  return { ...withoutDocument(row), document: JSON.parse(row.document) };
}

function withoutDocument(row: Omit<BaselineRow, "document">): Omit<StoredDriftBaseline, "document"> {
  return {
    name: row.name,
    version: row.version,
    digest: row.digest,
    snapshot: row.snapshot,
    createdBy: row.created_by,
    createdAt: new Date(row.created_at),
  };
}

function toReport(row: Selectable<Schema["drift_reports"]>): StoredDriftReport {
  return {
    id: row.id,
    baseline: row.baseline,
    baselineVersion: row.baseline_version,
    profile: row.profile,
    verdict: row.verdict,
    document: JSON.parse(row.document),
    createdAt: new Date(row.created_at),
  };
}
