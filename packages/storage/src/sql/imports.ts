import type { RejectReason, Scale } from "@tamis/core";
import { type Selectable, sql } from "kysely";
import type { Records, Schema } from "./schema.ts";

/** One entry of the import ledger. */
export interface Import {
  readonly importId: string;
  /** The file or folder, as the user named it. */
  readonly source: string;
  /** Digest of the bytes read and of the options that change their meaning; empty until they were read. */
  readonly sourceDigest: string;
  /** What the source was taken for: `ml-100k`, `ratings-csv`… */
  readonly layout: string;
  readonly status: "running" | "finished" | "failed" | "cancelled";
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly message: string | null;
  /** `null` unless it finished. */
  readonly outcome: ImportOutcome | null;
}

export interface ImportOutcome {
  readonly rows: number;
  readonly rejected: number;
  readonly rejectedByReason: Readonly<Partial<Record<RejectReason, number>>>;
  readonly users: number;
  readonly items: number;
  readonly scale: Scale;
  readonly snapshot: string;
}

export type NewImport = Pick<Import, "importId" | "source" | "sourceDigest" | "layout" | "startedAt">;

/** Opens an entry, `running`. One with the same id starts over, without its former outcome. */
export async function beginImport(records: Records, entry: NewImport): Promise<void> {
  const row = {
    source: entry.source,
    source_digest: entry.sourceDigest,
    layout: entry.layout,
    status: "running" as const,
    started_at: entry.startedAt,
  };
  await records
    .insertInto("imports")
    .values({ id: entry.importId, ...row })
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet({ ...row, message: null, ended_at: null, snapshot: null }),
    )
    .execute();
}

/** Notes the digest of a source whose bytes were read after the entry was opened. */
export async function identifyImport(
  records: Records,
  importId: string,
  sourceDigest: string,
): Promise<void> {
  await records
    .updateTable("imports")
    .set({ source_digest: sourceDigest })
    .where("id", "=", importId)
    .execute();
}

export async function finishImport(
  records: Records,
  importId: string,
  outcome: ImportOutcome,
  endedAt: Date,
): Promise<void> {
  await records
    .updateTable("imports")
    .set({
      status: "finished",
      rows: outcome.rows,
      rejected: outcome.rejected,
      rejected_by_reason: JSON.stringify(outcome.rejectedByReason),
      users: outcome.users,
      items: outcome.items,
      scale_min: outcome.scale.min,
      scale_max: outcome.scale.max,
      snapshot: outcome.snapshot,
      ended_at: endedAt,
    })
    .where("id", "=", importId)
    .execute();
}

/** Closes an import that did not come to its end; `message` says why. */
export async function failImport(
  records: Records,
  importId: string,
  failure: { readonly status: "failed" | "cancelled"; readonly message: string; readonly endedAt: Date },
): Promise<void> {
  await records
    .updateTable("imports")
    .set({ status: failure.status, message: failure.message, ended_at: failure.endedAt })
    .where("id", "=", importId)
    .execute();
}

export async function findImport(records: Records, importId: string): Promise<Import | undefined> {
  const row = await records.selectFrom("imports").selectAll().where("id", "=", importId).executeTakeFirst();
  return row && toImport(row);
}

/** The latest finished import of the same bytes, if any. */
export async function findFinishedImport(
  records: Records,
  sourceDigest: string,
): Promise<Import | undefined> {
  const row = await newestFirst(records)
    .where("source_digest", "=", sourceDigest)
    .where("status", "=", sql.lit("finished"))
    .executeTakeFirst();
  return row && toImport(row);
}

/** The finished imports that made a snapshot, or made it again. */
export async function listImportsOf(records: Records, snapshot: string): Promise<Import[]> {
  const rows = await newestFirst(records)
    .where("snapshot", "=", snapshot)
    .where("status", "=", sql.lit("finished"))
    .execute();
  return rows.map(toImport);
}

/** Imports, newest first. */
export async function listImports(records: Records, limit = 50): Promise<Import[]> {
  return (await newestFirst(records).limit(limit).execute()).map(toImport);
}

function newestFirst(records: Records) {
  return records.selectFrom("imports").selectAll().orderBy("started_at", "desc").orderBy("id", "desc");
}

function toImport(row: Selectable<Schema["imports"]>): Import {
  return {
    importId: row.id,
    source: row.source,
    sourceDigest: row.source_digest,
    layout: row.layout,
    status: row.status,
    startedAt: new Date(row.started_at),
    endedAt: row.ended_at === null ? null : new Date(row.ended_at),
    message: row.message,
    outcome: row.status === "finished" ? toOutcome(row) : null,
  };
}

function toOutcome(row: Selectable<Schema["imports"]>): ImportOutcome {
  return {
    rows: row.rows ?? 0,
    rejected: row.rejected ?? 0,
    rejectedByReason: JSON.parse(row.rejected_by_reason ?? "{}"),
    users: row.users ?? 0,
    items: row.items ?? 0,
    scale: { min: row.scale_min ?? 0, max: row.scale_max ?? 0 },
    snapshot: row.snapshot ?? "",
  };
}
