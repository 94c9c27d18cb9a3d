import type { StoredAuditEntry } from "@tamis/storage";
import { defineCommand } from "../define-command.ts";
import { tableLines } from "../table.ts";
import { textFlag } from "../text-flag.ts";
import { wholeNumber } from "../whole-number.ts";

const outcomes = ["done", "refused", "denied", "failed"] as const;

interface Flags {
  readonly action?: string;
  readonly subject?: string;
  readonly outcome?: (typeof outcomes)[number];
  readonly limit: number;
  readonly after?: string;
}

/** `tamis audit`: who did what, and who was not let. */
export const audit = defineCommand<Flags>({
  summary: "Show who changed or was denied what, newest first",
  examples: [
    "tamis audit",
    "tamis audit --outcome denied",
    "tamis audit --action model. --subject Best_Film_Recommender --json",
  ],
  flags: {
    action: textFlag("ACTION", "One action, or a noun with a dot and all its verbs, e.g. model."),
    subject: textFlag("SUBJECT", "What it was done to: a model, the id of a run or token"),
    outcome: { kind: "enum", values: outcomes, optional: true, brief: "How it went" },
    limit: {
      kind: "parsed",
      parse: wholeNumber(1),
      default: "50",
      placeholder: "N",
      brief: "Entries at most",
    },
    after: textFlag("CURSOR", "The next of the page before, with the same flags"),
  },
  async run(context, flags) {
    const { listAudit } = await import("@tamis/storage");
    const { records } = await context.tamis();
    const { entries, next } = await listAudit(records, flags);
    context.output.result({ entries: entries.map(entryDocument), next }, () => {
      if (entries.length === 0) return ["no entries"];
      const lines = tableLines(
        [
          { title: "at (UTC)" },
          { title: "actor" },
          { title: "action" },
          { title: "subject" },
          { title: "outcome" },
          { title: "times", align: "right" },
          { title: "reason" },
        ],
        entries.map(({ at, actor, action, subject, outcome, reason, details }) => [
          at.toISOString().slice(0, 19).replace("T", " "),
          actor,
          action,
          subject ?? "",
          outcome,
          String(details.times ?? 1),
          reason ?? "",
        ]),
      );
      return next === null ? lines : [...lines, "", `more with: --after ${next}`];
    });
  },
});

function entryDocument({
  id,
  at,
  actor,
  action,
  subject,
  outcome,
  reason,
  requestId,
  details,
}: StoredAuditEntry) {
  return {
    id,
    at: at.toISOString(),
    actor,
    action,
    subject: subject ?? null,
    outcome,
    reason: reason ?? null,
    request_id: requestId ?? null,
    details,
  };
}
