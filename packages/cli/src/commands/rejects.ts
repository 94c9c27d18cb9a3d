import { type RejectReason, rejectReasons } from "@tamis/core";
import { defineCommand } from "../define-command.ts";
import { tableLines } from "../table.ts";
import { wholeNumber } from "../whole-number.ts";

interface Flags {
  readonly reason?: RejectReason;
  readonly import?: string;
  readonly limit: number;
}

/** `tamis rejects`: the refused rows, with their file, line and reason. */
export const rejects = defineCommand<Flags>({
  summary: "List the rows that an import refused, with line and reason",
  examples: ["tamis rejects", "tamis rejects --reason rating_out_of_scale --limit 1000 --json"],
  flags: {
    reason: {
      kind: "enum",
      values: rejectReasons,
      optional: true,
      brief: "Only rows refused for this reason",
    },
    import: {
      kind: "parsed",
      parse: (id) => id,
      optional: true,
      placeholder: "ID",
      brief: "Only rows of this import [default = all]",
    },
    limit: { kind: "parsed", parse: wholeNumber(0), default: "50", placeholder: "N", brief: "Rows at most" },
  },
  async run(context, flags) {
    const { countRejects, listRejects } = await import("@tamis/storage");
    const { records } = await context.tamis();
    const { reason, import: importId, limit } = flags;
    const byReason = await countRejects(records, importId);
    const total = reason
      ? (byReason[reason] ?? 0)
      : Object.values(byReason).reduce((sum, rows) => sum + rows, 0);
    const found = await listRejects(records, { importId, reason, limit });
    context.output.result(
      {
        total,
        by_reason: byReason,
        rejects: found.rejects.map(({ source, line, reason, detail, raw }) => ({
          source,
          line,
          reason,
          detail,
          raw,
        })),
      },
      () => {
        if (total === 0) return ["no refused rows"];
        return [
          ...tableLines(
            [
              { title: "file" },
              { title: "line", align: "right" },
              { title: "reason" },
              { title: "detail" },
              { title: "row" },
            ],
            found.rejects.map(({ source, line, reason, detail, raw }) => [
              source,
              line,
              reason,
              detail,
              visible(raw),
            ]),
          ),
          "",
          `${found.rejects.length} of ${total} refused rows`,
        ];
      },
    );
  },
});

/** A raw row on one line of a terminal: short, and without control characters. */
function visible(raw: string): string {
  const safe = raw.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
  return safe.length > 60 ? `${safe.slice(0, 59)}…` : safe;
}
