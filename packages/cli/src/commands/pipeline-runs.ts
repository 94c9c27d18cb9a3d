import type { PipelineRunStatus } from "@tamis/core";
import { defineCommand } from "../define-command.ts";
import { pipelineRunDocument, utc } from "../pipeline-document.ts";
import { tableLines } from "../table.ts";
import { wholeNumber } from "../whole-number.ts";

interface Flags {
  readonly pipeline?: string;
  readonly status?: PipelineRunStatus;
  readonly limit: number;
}

/** `tamis pipeline runs`: what ran, runs and waits. */
export const pipelineRuns = defineCommand<Flags>({
  summary: "List the runs of pipelines, the latest interval first",
  examples: ["tamis pipeline runs", "tamis pipeline runs --pipeline refresh --status failed --json"],
  flags: {
    pipeline: {
      kind: "parsed",
      parse: (name) => name,
      optional: true,
      placeholder: "NAME",
      brief: "Only runs of this pipeline",
    },
    status: {
      kind: "enum",
      values: ["queued", "running", "finished", "failed", "cancelled"],
      optional: true,
      brief: "Only runs in this state",
    },
    limit: { kind: "parsed", parse: wholeNumber(1), default: "20", placeholder: "N", brief: "Runs at most" },
  },
  async run(context, flags) {
    const { listPipelineRuns } = await import("@tamis/storage");
    const runs = await listPipelineRuns((await context.tamis()).records, flags);
    context.output.result({ runs: runs.map(pipelineRunDocument) }, () => {
      if (runs.length === 0) return ["no run yet; start one with: tamis pipeline run"];
      const titles = ["pipeline", "from (UTC)", "to (UTC)", "status", "ended at (UTC)", "run"];
      return tableLines(
        titles.map((title) => ({ title })),
        runs.map(({ pipeline, interval, status, endedAt, runId }) => [
          ...[pipeline, utc(interval.start), utc(interval.end), status, utc(endedAt), runId],
        ]),
      );
    });
  },
});
