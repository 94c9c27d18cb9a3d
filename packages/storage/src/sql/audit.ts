import type { Selectable } from "kysely";
import { cursorOf, readCursor } from "./cursor.ts";
import { newId } from "./new-id.ts";
import type { Records, Schema } from "./schema.ts";

/** Something that was done, or was not let be done. */
export interface AuditEntry {
  /** Who: the name of a token, `command line`, `schedule`, `loopback`. */
  readonly actor: string;
  /** What, as noun.verb: `model.promote`, `training.start`, `token.revoke`. */
  readonly action: string;
  /** What it was done to: the name of a model, the id of a run or token. Never a secret. */
  readonly subject?: string | undefined;
  /** `refused`: by a rule; `denied`: the actor may not; `failed`: it was tried. */
  readonly outcome: "done" | "refused" | "denied" | "failed";
  /** Why, in a sentence. */
  readonly reason?: string | undefined;
  readonly requestId?: string | undefined;
  readonly details?: Readonly<Record<string, string | number | boolean | null>> | undefined;
}

export interface StoredAuditEntry extends AuditEntry {
  readonly id: string;
  readonly at: Date;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}

export interface ListAuditOptions {
  /** One action, or a noun with a dot and all its verbs: `model.`. */
  readonly action?: string | undefined;
  readonly subject?: string | undefined;
  readonly outcome?: AuditEntry["outcome"] | undefined;
  /** @default 50 */
  readonly limit?: number | undefined;
  /** The `next` of the page before, with the same options. */
  readonly after?: string | undefined;
}

export interface AuditPage {
  readonly entries: StoredAuditEntry[];
  readonly next: string | null;
}

/** Adds an entry; inside a transaction, together with what it tells of or not at all. */
export async function writeAudit(
  records: Records,
  { actor, action, subject, outcome, reason, requestId, details = {} }: AuditEntry,
  at: Date = new Date(),
): Promise<void> {
  await records
    .insertInto("audit")
    .values({
      id: newId(at),
      at,
      actor,
      action,
      subject: subject ?? null,
      outcome,
      reason: reason ?? null,
      request_id: requestId ?? null,
      details: JSON.stringify(details),
    })
    .execute();
}

/**
 * One page of the audit, newest first.
 *
 * @throws invalid_input for an `after` that no page gave
 */
export async function listAudit(records: Records, options: ListAuditOptions = {}): Promise<AuditPage> {
  const { action, subject, outcome, limit = 50, after } = options;
  let query = records.selectFrom("audit").selectAll();
  if (action?.endsWith(".")) {
    query = query.where("action", ">=", action).where("action", "<", `${action.slice(0, -1)}/`);
  } else if (action !== undefined) query = query.where("action", "=", action);
  if (subject !== undefined) query = query.where("subject", "=", subject);
  if (outcome !== undefined) query = query.where("outcome", "=", outcome);
  if (after !== undefined) query = query.where("id", "<", readCursor(after, "string")[0]);
  const rows = await query
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  return {
    entries: page.map(toEntry),
    next: rows.length > limit ? cursorOf(page.at(-1)!.id) : null,
  };
}

function toEntry(row: Selectable<Schema["audit"]>): StoredAuditEntry {
  return {
    id: row.id,
    at: new Date(row.at),
    actor: row.actor,
    action: row.action,
    subject: row.subject ?? undefined,
    outcome: row.outcome,
    reason: row.reason ?? undefined,
    requestId: row.request_id ?? undefined,
    details: JSON.parse(row.details),
  };
}
