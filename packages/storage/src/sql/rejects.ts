import type { Reject, RejectReason } from "@tamis/core";
import { bulkInsert } from "./bulk-insert.ts";
import { chunks } from "./chunks.ts";
import { cursorOf, readCursor } from "./cursor.ts";
import type { Records } from "./schema.ts";
import { shortTransaction } from "./write-transaction.ts";

export interface ListRejectsOptions {
  readonly importId?: string | undefined;
  readonly reason?: RejectReason | undefined;
  /** @default 50 */
  readonly limit?: number | undefined;
  /** The `next` of the page before. */
  readonly after?: string | undefined;
}

export type StoredReject = Reject & { readonly importId: string };

export interface RejectPage {
  readonly rejects: StoredReject[];
  readonly next: string | null;
}

/**
 * Keeps refused rows of an import, all of them or none.
 *
 * @throws invalid_input when the import was not begun
 */
export async function addRejects(
  records: Records,
  importId: string,
  rejects: Iterable<Reject>,
): Promise<void> {
  const all = [...rejects];
  await shortTransaction(records, async (transaction) => {
    const insert = bulkInsert(transaction, {
      into: "rejects",
      columns: ["import_id", "source", "line", "reason", "detail", "raw"],
    });
    for (const chunk of chunks(all, 1024)) {
      await insert(
        chunk.flatMap(({ source, line, reason, detail, raw }) => [
          importId,
          source,
          line,
          reason,
          detail,
          raw,
        ]),
      );
    }
  });
}

/** Forgets the rejects of an import, so that its next try starts clean. */
export async function removeRejects(records: Records, importId: string): Promise<void> {
  await records.deleteFrom("rejects").where("import_id", "=", importId).execute();
}

/**
 * One page of rejects, in the order they were added.
 *
 * @throws invalid_input for an `after` that no page gave
 */
export async function listRejects(records: Records, options: ListRejectsOptions = {}): Promise<RejectPage> {
  const { importId, reason, limit = 50, after } = options;
  let query = records.selectFrom("rejects").selectAll();
  if (importId !== undefined) query = query.where("import_id", "=", importId);
  if (reason !== undefined) query = query.where("reason", "=", reason);
  if (after !== undefined) query = query.where("id", ">", readCursor(after, "number")[0]);
  const rows = await query
    .orderBy("id")
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return {
    rejects: page.map((row) => ({
      importId: row.import_id,
      source: row.source,
      line: row.line,
      reason: row.reason as RejectReason,
      detail: row.detail,
      raw: row.raw,
    })),
    next: last === undefined ? null : cursorOf(last.id),
  };
}

/** Number of rejects by reason, of one import or of all. */
export async function countRejects(
  records: Records,
  importId?: string,
): Promise<Partial<Record<RejectReason, number>>> {
  let query = records
    .selectFrom("rejects")
    .select(({ fn }) => ["reason", fn.countAll<number>().as("count")])
    .groupBy("reason")
    .orderBy("reason");
  if (importId !== undefined) query = query.where("import_id", "=", importId);
  const rows = await query.execute();
  return Object.fromEntries(rows.map(({ reason, count }) => [reason, Number(count)]));
}
