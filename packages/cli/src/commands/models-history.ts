import { defineCommand } from "../define-command.ts";
import { modelName } from "../model-document.ts";
import { tableLines } from "../table.ts";
import { wholeNumber } from "../whole-number.ts";

interface Flags {
  readonly limit: number;
  readonly after?: string;
}

/** `tamis models history`: what was promoted, refused and rolled back. */
export const modelsHistory = defineCommand<Flags>({
  summary: "Show what was promoted, refused and rolled back, newest first, with who and why",
  examples: ["tamis models history", "tamis models history --limit 5 --json"],
  flags: {
    limit: {
      kind: "parsed",
      parse: wholeNumber(1),
      default: "50",
      placeholder: "N",
      brief: "Entries at most",
    },
    after: {
      kind: "parsed",
      parse: (cursor) => cursor,
      optional: true,
      placeholder: "CURSOR",
      brief: "The next of the page before",
    },
  },
  async run(context, { limit, after }) {
    const { listAudit } = await import("@tamis/storage");
    const { records } = await context.tamis();
    const page = await listAudit(records, { action: "model.", subject: modelName, limit, after });
    const history = page.entries.map(({ at, actor, action, reason, details }) => ({
      at: at.toISOString(),
      action: action.slice("model.".length),
      role: details.role ?? null,
      version: details.version ?? null,
      previous: details.previous ?? details.holder ?? null,
      forced: details.forced === true,
      run_id: details.run_id ?? null,
      actor,
      reason: reason ?? null,
    }));
    context.output.result({ model: modelName, history, next: page.next }, () => {
      if (history.length === 0) return ["nothing was decided yet; train a model with: tamis train"];
      const titles = ["at (UTC)", "what", "role", "version", "before", "by", "why"];
      const lines = tableLines(
        titles.map((title) => ({ title })),
        history.map(({ at, action, role, version, previous, actor, reason }) => [
          at.slice(0, 19).replace("T", " "),
          action.replace("_", " "),
          String(role ?? ""),
          String(version ?? ""),
          String(previous ?? ""),
          actor,
          reason ?? "",
        ]),
      );
      return page.next === null ? lines : [...lines, "", `more with: --after ${page.next}`];
    });
  },
});
