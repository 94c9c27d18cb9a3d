import type { Reject, RejectReason } from "@tamis/core";
import { addRejects } from "../sql/rejects.ts";
import type { Records } from "../sql/schema.ts";
import type { RatingStage } from "./rating-stage.ts";

/** Number of rejects of a stage by reason. */
export async function rejectCounts(stage: RatingStage): Promise<Partial<Record<RejectReason, number>>> {
  const rows = await stage.query<{ reason: RejectReason; count: bigint }>(
    "SELECT reason, count(*) AS count FROM rejects GROUP BY reason ORDER BY reason",
  );
  return Object.fromEntries(rows.map(({ reason, count }) => [reason, Number(count)]));
}

/** Copies the rejects of a stage to the records, by source and line. */
export async function addRejectsOf(stage: RatingStage, records: Records, importId: string): Promise<void> {
  await stage.flush();
  const select = "SELECT source, line, reason, detail, raw FROM rejects ORDER BY source, line";
  for await (const { rows, columns } of stage.columns(select)) {
    const [sources, lines, reasons, details, raws] = columns as [Texts, Int32Array, Texts, Texts, Texts];
    const rejects = Array.from(
      { length: rows },
      (_, row): Reject => ({
        source: sources[row]!,
        line: lines[row]!,
        reason: reasons[row] as RejectReason,
        detail: details[row]!,
        raw: raws[row]!,
      }),
    );
    await addRejects(records, importId, rejects);
  }
}

type Texts = readonly string[];
