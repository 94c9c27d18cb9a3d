import type { RunStatus } from "@tamis/core";
import type { ListRunsOptions, Run } from "@tamis/storage";
import { decimal } from "../decimal.ts";
import { defineCommand } from "../define-command.ts";
import { utc } from "../pipeline-document.ts";
import { runDocument } from "../run-document.ts";
import { tableLines } from "../table.ts";
import { wholeNumber } from "../whole-number.ts";

interface Flags {
  readonly experiment?: string;
  readonly status?: RunStatus;
  readonly snapshot?: string;
  readonly metric?: string;
  readonly min?: number;
  readonly max?: number;
  readonly sort?: string;
  readonly descending?: boolean;
  readonly limit: number;
  readonly after?: string;
}

/** `tamis runs list`: what was trained, filtered and sorted by the database. */
export const runsList = defineCommand<Flags>({
  summary: "List trainings and other runs, newest first or by a metric",
  details: [
    "With --metric only runs that have it, between --min and --max; with --sort the lowest comes first, or the highest",
    "with --descending. A page ends at --limit; --after goes on, with the same flags.",
  ].join("\n"),
  examples: [
    "tamis runs list",
    "tamis runs list --status finished --sort best_rmse --limit 10",
    "tamis runs list --metric svd_rmse --max 0.9 --json",
  ],
  flags: {
    experiment: text("NAME", "Only runs of this experiment"),
    status: {
      kind: "enum",
      values: ["running", "finished", "failed", "cancelled"],
      optional: true,
      brief: "Only runs in this state",
    },
    snapshot: text("DIGEST", "Only runs on this snapshot"),
    metric: text("METRIC", "Only runs that have this metric, e.g. best_rmse"),
    min: bound("Only where the metric is this or more"),
    max: bound("Only where the metric is this or less"),
    sort: text("METRIC", "Sort by this metric; runs without it are left out"),
    descending: { kind: "boolean", optional: true, withNegated: false, brief: "The highest first" },
    limit: { kind: "parsed", parse: wholeNumber(1), default: "20", placeholder: "N", brief: "Runs at most" },
    after: text("CURSOR", "The next of the page before"),
  },
  async run(context, flags) {
    const { listRuns } = await import("@tamis/storage");
    const { records } = await context.tamis();
    const { runs, next } = await listRuns(records, optionsOf(flags));
    context.output.result({ runs: runs.map(runDocument), next }, () => {
      if (runs.length === 0) return ["no such run; make one with: tamis train"];
      const shown = flags.sort ?? flags.metric ?? "best_rmse";
      const lines = tableLines(
        [
          ...["started at (UTC)", "experiment", "status"].map((title) => ({ title })),
          { title: shown, align: "right" },
          ...["run", "verdict"].map((title) => ({ title })),
        ],
        runs.map((run) => lineOf(run, shown)),
      );
      return next === null ? lines : [...lines, "", `more with: --after ${next}`];
    });
  },
});

function optionsOf({ metric, min, max, sort, descending, ...others }: Flags): ListRunsOptions {
  const { experiment, status, snapshot, limit, after } = others;
  const direction = descending ? "descending" : "ascending";
  return {
    experiment,
    status,
    snapshot,
    limit,
    after,
    metric:
      metric === undefined
        ? undefined
        : { name: metric, ...(min !== undefined && { min }), ...(max !== undefined && { max }) },
    orderBy: sort === undefined ? undefined : { by: "metric", name: sort, direction },
  };
}

function lineOf({ startedAt, experiment, status, metrics, runId, message }: Run, shown: string): string[] {
  const verdict = message === null || message.length <= 60 ? (message ?? "") : `${message.slice(0, 59)}…`;
  return [utc(startedAt), experiment, status, metrics[shown]?.toFixed(4) ?? "", runId, verdict];
}

function text(placeholder: string, brief: string) {
  return { kind: "parsed", parse: (input: string) => input, optional: true, placeholder, brief } as const;
}

function bound(brief: string) {
  return { kind: "parsed", parse: decimal(), optional: true, placeholder: "X", brief } as const;
}
