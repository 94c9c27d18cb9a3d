import { defineCommand } from "../define-command.ts";
import { modelName } from "../model-document.ts";
import { tableLines } from "../table.ts";
import { wholeNumber } from "../whole-number.ts";

interface Flags {
  readonly limit: number;
  readonly after?: string;
}

/** `tamis models history`: what was promoted, refused and rolled back, and why. */
export const modelsHistory = defineCommand<Flags>({
  summary: "Show what was promoted, refused and rolled back, newest first, and why",
  examples: ["tamis models history", "tamis models history --limit 10 --json"],
  flags: {
    limit: { kind: "parsed", parse: wholeNumber(1), default: "50", placeholder: "N", brief: "Lines at most" },
    after: {
      kind: "parsed",
      parse: (cursor) => cursor,
      optional: true,
      placeholder: "CURSOR",
      brief: "The next of the page before",
    },
  },
  async run(context, flags) {
    const { listAudit } = await import("@tamis/storage");
    const { records } = await context.tamis();
    const { entries, next } = await listAudit(records, { ...flags, action: "model.", subject: modelName });
    const decisions = entries.map(({ at, actor, action, reason, details }) => ({
      at: at.toISOString(),
      decision: action.slice("model.".length),
      ...details,
      actor,
      reason: reason ?? null,
    }));
    context.output.result({ model: modelName, decisions, next }, () => {
      if (entries.length === 0) return ["nothing was decided yet; train a model with: tamis train"];
      const lines = tableLines(
        [
          { title: "at (UTC)" },
          { title: "decision" },
          { title: "role" },
          { title: "version", align: "right" },
          { title: "actor" },
          { title: "reason" },
        ],
        entries.map(({ at, actor, action, reason, details }) => [
          at.toISOString().slice(0, 19).replace("T", " "),
          action.slice("model.".length).replace("_", " "),
          String(details.role ?? ""),
          String(details.version ?? ""),
          actor,
          reason ?? "",
        ]),
      );
      return next === null ? lines : [...lines, "", `more with: --after ${next}`];
    });
  },
});
