import type { RunStatus } from "@tamis/core";
import { defineCommand } from "../define-command.ts";
import { runDocument } from "../run-document.ts";
import { tableLines } from "../table.ts";
import { wholeNumber } from "../whole-number.ts";

interface Flags {
  readonly experiment?: string;
  readonly status?: RunStatus;
  readonly sort?: string;
  readonly ascending: boolean;
  readonly limit: number;
  readonly after?: string;
}

/** `tamis runs list`: trainings and other experiments. */
export const runsList = defineCommand<Flags>({
  summary: "List runs, newest first or by a metric",
  examples: [
    "tamis runs list",
    "tamis runs list --sort best_rmse --ascending --limit 10",
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
    sort: text("METRIC", "By this metric, highest first; runs without it are left out"),
    ascending: { kind: "boolean", default: false, withNegated: false, brief: "Lowest or oldest first" },
    limit: { kind: "parsed", parse: wholeNumber(1), default: "20", placeholder: "N", brief: "Runs at most" },
    after: text("CURSOR", "The next of the page before, with the same flags"),
  },
  async run(context, { sort, ascending, ...filter }) {
    const { listRuns } = await import("@tamis/storage");
    const { records } = await context.tamis();
    const direction = ascending ? "ascending" : "descending";
    const orderBy =
      sort === undefined
        ? ({ by: "startedAt", direction } as const)
        : ({ by: "metric", name: sort, direction } as const);
    const { runs, next } = await listRuns(records, { ...filter, orderBy });
    const metric = sort ?? "best_rmse";
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

function text(placeholder: string, brief: string) {
  return {
    kind: "parsed" as const,
    parse: (input: string) => input,
    optional: true as const,
    placeholder,
    brief,
  };
}
