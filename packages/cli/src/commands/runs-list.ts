import type { RunStatus } from "@tamis/core";
import { decimal } from "../decimal.ts";
import { defineCommand } from "../define-command.ts";
import { runDocument } from "../run-document.ts";
import { tableLines } from "../table.ts";
import { wholeNumber } from "../whole-number.ts";

interface Flags {
  readonly experiment?: string;
  readonly status?: RunStatus;
  readonly metric?: string;
  readonly min?: number;
  readonly max?: number;
  readonly sort?: string;
  readonly ascending: boolean;
  readonly limit: number;
  readonly after?: string;
}

/** `tamis runs list`: trainings and other experiments. */
export const runsList = defineCommand<Flags>({
  summary: "List runs, newest first or by a metric",
  details: "With --metric only runs that have it, and have it between --min and --max.",
  examples: [
    "tamis runs list",
    "tamis runs list --sort best_rmse --ascending --limit 10",
    "tamis runs list --metric svd_rmse --max 0.9",
    "tamis runs list --status failed --json",
  ],
  flags: {
    experiment: text("NAME", "Only runs of this experiment"),
    status: {
      kind: "enum",
      values: ["running", "finished", "failed", "cancelled"],
      optional: true,
      brief: "Only runs that are so",
    },
    metric: text("METRIC", "Only runs that have this metric"),
    min: bound("Only where the metric is this or more"),
    max: bound("Only where the metric is this or less"),
    sort: text("METRIC", "By this metric, highest first; runs without it are left out"),
    ascending: { kind: "boolean", default: false, withNegated: false, brief: "Lowest or oldest first" },
    limit: { kind: "parsed", parse: wholeNumber(1), default: "20", placeholder: "N", brief: "Runs at most" },
    after: text("CURSOR", "The next of the page before, with the same flags"),
  },
  async run(context, { sort, ascending, metric: within, min, max, ...filter }) {
    const { listRuns } = await import("@tamis/storage");
    const { records } = await context.tamis();
    const direction = ascending ? "ascending" : "descending";
    const orderBy =
      sort === undefined
        ? ({ by: "startedAt", direction } as const)
        : ({ by: "metric", name: sort, direction } as const);
    const range =
      within === undefined
        ? undefined
        : { name: within, ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
    const { runs, next } = await listRuns(records, { ...filter, metric: range, orderBy });
    const metric = sort ?? within ?? "best_rmse";
    context.output.result({ runs: runs.map(runDocument), next }, () => {
      if (runs.length === 0) return ["no runs"];
      const lines = tableLines(
        [
          { title: "run" },
          { title: "name" },
          { title: "status" },
          { title: metric, align: "right" },
          { title: "started at (UTC)" },
          { title: "message" },
        ],
        runs.map((run) => [
          run.runId,
          run.name,
          run.status,
          run.metrics[metric]?.toFixed(4) ?? "",
          run.startedAt.toISOString().slice(0, 19).replace("T", " "),
          run.message ?? "",
        ]),
      );
      return next === null ? lines : [...lines, "", `more with: --after ${next}`];
    });
  },
});

function bound(brief: string) {
  return {
    kind: "parsed" as const,
    parse: decimal(),
    optional: true as const,
    placeholder: "X",
    brief,
  };
}

function text(placeholder: string, brief: string) {
  return {
    kind: "parsed" as const,
    parse: (input: string) => input,
    optional: true as const,
    placeholder,
    brief,
  };
}
