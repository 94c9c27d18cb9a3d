import type { Records } from "../sql/schema.ts";

/** Lets the lease of a run end in the past, as if its worker had been silent for long. */
export async function expireLease(records: Records, runId: string): Promise<void> {
  await records
    .updateTable("pipeline_runs")
    .set({ lease_until: new Date(0) })
    .where("id", "=", runId)
    .execute();
}
