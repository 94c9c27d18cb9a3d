import type { ImportResult } from "@tamis/storage";
import type { Context } from "./context.ts";
import { tableLines } from "./table.ts";

/** Prints what an import did: how many ratings, how many refused rows and why. */
export function reportImport(context: Context, result: ImportResult): void {
  context.output.result(importDocument(result), () => importLines(result));
}

function importDocument(result: ImportResult): Record<string, unknown> {
  return {
    rows: result.rows,
    rejected: result.rejected,
    users: result.users,
    items: result.items,
    snapshot: result.snapshot,
    seconds: result.seconds,
    ...(result.unchanged && { unchanged: true }),
    rejected_by_reason: result.rejectedByReason,
    scale: result.scale,
    ...(result.columns && { columns: result.columns }),
    import_id: result.importId,
  };
}

/** The same for a person. */
export function importLines(result: ImportResult): string[] {
  const count = (value: number) => value.toLocaleString("en-US");
  const { min, max } = result.scale;
  const lines = [
    `${count(result.rows)} ratings from ${min} to ${max}, by ${count(result.users)} users on ${count(result.items)} items`,
    `snapshot ${result.snapshot.slice(0, 12)}${result.unchanged ? ", already imported: nothing changed" : ""}`,
  ];
  if (result.columns) {
    const { user, item, rating, time } = result.columns;
    lines.push(`taken: ${user} as user, ${item} as item, ${rating} as rating, ${time ?? "nothing"} as time`);
  }
  if (result.rejected === 0) return [...lines, "no row was refused"];
  const reasons = Object.entries(result.rejectedByReason).sort(([, a], [, b]) => b - a);
  return [
    ...lines,
    "",
    ...tableLines(
      [{ title: "refused rows", align: "right" }, { title: "reason" }],
      reasons.map(([reason, rows]) => [count(rows), reason.replaceAll("_", " ")]),
    ),
    "",
    "Each one, with its line: tamis rejects",
  ];
}
