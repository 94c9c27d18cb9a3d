import type { IncidentChange } from "@tamis/core";
import { newId } from "./new-id.ts";
import type { Records } from "./schema.ts";
import { takeTurn } from "./write-transaction.ts";

interface Ending {
  readonly pipeline: string;
  readonly runId: string;
  readonly at: Date;
}

/** A run failed: the pipeline's open incident goes on, or one begins. */
export async function noteFailure(
  records: Records,
  { pipeline, runId, at }: Ending,
): Promise<IncidentChange> {
  await takeTurn(records, `incident ${pipeline}`);
  const open = await records
    .updateTable("incidents")
    .set(({ eb }) => ({ failures: eb("failures", "+", 1) }))
    .where("pipeline", "=", pipeline)
    .where("closed_at", "is", null)
    .returning("id")
    .executeTakeFirst();
  if (open) return { incidentId: open.id, change: "continued" };
  const incidentId = newId(at);
  const row = { id: incidentId, pipeline, opened_by: runId, opened_at: at, failures: 1 };
  await records.insertInto("incidents").values(row).execute();
  return { incidentId, change: "opened" };
}

/** A run finished: the pipeline's open incident, if any, ends. */
export async function noteSuccess(
  records: Records,
  { pipeline, runId, at }: Ending,
): Promise<IncidentChange | null> {
  const closed = await records
    .updateTable("incidents")
    .set({ closed_by: runId, closed_at: at })
    .where("pipeline", "=", pipeline)
    .where("closed_at", "is", null)
    .returning("id")
    .executeTakeFirst();
  return closed ? { incidentId: closed.id, change: "closed" } : null;
}
